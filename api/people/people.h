// All that concerns who may call: users, sessions, tokens, sign-in attempts, and the audit log.
// Made by node/ at start; lives as long as the routes, and ends before the sequencer. Thread-safe.
#pragma once

#include "api/people/attempts.h"
#include "api/people/audit_log.h"
#include "api/people/sessions.h"
#include "api/people/tokens.h"
#include "api/people/users.h"

namespace reelproof::api {

class People {
  public:
    // `configured`: the tokens of tokens.toml. `browsers`: kept_key() for Attempts. Throws
    // EnvironmentError for a store that can't be read.
    People(ledger::Store& store, ledger::Sequencer& sequencer, const std::string& org,
           std::vector<Token> configured, const ledger::Secret<32>& browsers,
           const ledger::Clock& clock, AuditLog::Publish publish, AuditLog::Trouble trouble)
        : rows_(store, sequencer, ledger::Table::people),
          users(rows_, org, clock),
          sessions(rows_, clock),
          tokens(rows_, std::move(configured), clock),
          attempts(browsers, clock),
          audit(store, sequencer, clock, std::move(publish), std::move(trouble)) {}

  private:
    JsonRows rows_;  // the others refer to it

  public:
    Users users;
    Sessions sessions;
    Tokens tokens;
    Attempts attempts;
    AuditLog audit;
};

}  // namespace reelproof::api
