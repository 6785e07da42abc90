#include "api/routes/exit_report.h"

#include "ledger/base/counted.h"
#include "ledger/base/sha256.h"
#include "vision/label/pages.h"

namespace reelproof::api {

namespace {

using vision::Paragraph;
using Style = Paragraph::Style;

// Of the partner's requests to this node: the newest.
constexpr std::size_t kMostLooked = 100'000, kMostShown = 200;
constexpr std::size_t kMostFiles = 5000;

class ExitReport {
  public:
    ExitReport(const VaultRoutes& routes, const PartnerExit& exit) : routes_(routes), exit_(exit) {}

    std::vector<Paragraph> pages(const std::string& by) {
        add(Style::title,
            exit_.ours ? "Exit of " + exit_.partner : "Exit that " + exit_.partner + " asked for");
        add(Style::plain, "Report of " + routes_.org + ", made " +
                              ledger::to_iso8601(routes_.clock()) + " for " + by);
        add(Style::plain, "Begun " + ledger::to_iso8601(exit_.began) + " by " + exit_.by +
                              ", to be done by " + ledger::to_iso8601(exit_.until));
        add(Style::plain, "Reason: " + exit_.why);
        add(Style::fine, "Exit " + exit_.id);
        add_steps();
        add_agreements();
        add_files();
        add_passed_on();
        add_confirmations();
        add_accesses();
        add(Style::heading, "What this shows, and what it does not");
        add(Style::plain,
            "Each confirmation is signed by a key that the partner's ledger grants, and its "
            "SHA-256 "
            "stands in that ledger. It is a signed word: that no copy is left which had been taken "
            "out of its node before, nobody can prove. What this node destroyed are the keys of "
            "files; without them the files are unreadable here and in each backup of the store.");
        return std::move(out_);
    }

  private:
    void add(Style style, std::string text, int indent_mm = 0) {
        out_.push_back({style, std::move(text), indent_mm});
    }

    void add_steps() {
        add(Style::heading, "Steps");
        for (const auto& step : routes_.exits.steps(exit_))
            add(Style::plain, std::string(step.done ? "done   " : "OPEN   ") +
                                  std::string(step.name) + ": " + step.text);
        if (exit_.closed == 0) return;
        add(Style::plain, "Closed " + ledger::to_iso8601(exit_.closed) + " by " + exit_.closed_by +
                              (exit_.closed_why.empty() ? std::string() : ": " + exit_.closed_why));
    }

    void add_agreements() {
        add(Style::heading, "Agreements between the two");
        bool any = false;
        for (const auto& one : routes_.sharing.agreements()) {
            if (!one.terms.is_between(routes_.org, exit_.partner)) continue;
            any = true;
            add(Style::plain,
                one.terms.scope + (one.ended == 0 ? ", not ended"
                                                  : ", ended " + ledger::to_iso8601(one.ended) +
                                                        " by " + one.ended_by));
            add(Style::fine, "agreement " + one.terms.id, 5);
        }
        if (!any) add(Style::plain, "None.");
    }

    void add_files() {
        const auto files = routes_.exits.files(exit_);
        add(Style::heading, exit_.ours ? "What " + exit_.partner + " held of ours"
                                       : "What this node held of " + exit_.partner);
        if (files.empty()) add(Style::plain, "Nothing.");
        for (std::size_t i = 0; i < files.size(); ++i) {
            if (i == kMostFiles) {
                add(Style::plain, "… and " + ledger::counted(files.size() - i, "more file"));
                break;
            }
            const auto& one = files[i];
            add(Style::plain,
                one.name + " version " + std::to_string(one.version) + ", " +
                    ledger::counted(one.size, "byte") + ", released " +
                    ledger::to_iso8601(one.released) + ", " +
                    (one.destroyed == 0 ? "DESTRUCTION NOT CONFIRMED"
                                        : "destroyed " + ledger::to_iso8601(one.destroyed)));
            add(Style::fine, "share " + one.share + ", SHA-256 " + ledger::to_hex(one.body), 5);
        }
    }

    void add_passed_on() {
        if (!exit_.ours) return;
        add(Style::heading, "What " + exit_.partner + " passed on of ours");
        const auto all = routes_.exits.passed_on(exit_);
        if (all.empty()) add(Style::plain, "Nothing that it told of.");
        std::size_t files = 0;
        for (const auto& one : all) {
            add(Style::plain, one.terms.recipient + ", from " + one.owner + ", depth " +
                                  std::to_string(one.depth) + ": " + one.terms.purpose);
            for (const auto& file : one.files) {
                if (++files > kMostFiles) continue;
                add(Style::plain,
                    file.name + " version " + std::to_string(file.version) + ", released " +
                        ledger::to_iso8601(file.released) + ", " +
                        (file.destroyed == 0 ? "DESTRUCTION NOT CONFIRMED"
                                             : "destroyed " + ledger::to_iso8601(file.destroyed)),
                    5);
                add(Style::fine, "share " + one.terms.id + ", SHA-256 " + ledger::to_hex(file.body),
                    5);
            }
            for (const auto& word : one.destructions)
                if (const auto object = ledger::read_signed_object(word.statement))
                    add(Style::fine,
                        "confirmed by " + object->iss + " " + ledger::to_iso8601(word.at) +
                            (word.vouched ? ", vouched for by " + exit_.partner : "") +
                            "; SHA-256 of what it signed: " + ledger::to_hex(object->commitment),
                        5);
        }
        if (files > kMostFiles)
            add(Style::plain, "… and " + ledger::counted(files - kMostFiles, "more file"));
    }

    void add_confirmations() {
        add(Style::heading, "Signed confirmations (destruction.confirm)");
        bool any = false;
        const auto& owner = exit_.ours ? routes_.org : exit_.partner;
        for (const auto& share : routes_.sharing.shares()) {
            if (share.owner != owner || (exit_.ours && share.terms.recipient != exit_.partner))
                continue;
            for (const auto& statement : share.destructions) {
                const auto object = ledger::read_signed_object(statement);
                const auto* what =
                    object ? std::get_if<ledger::Destruction>(&object->object) : nullptr;
                if (what == nullptr || object->iat < exit_.began) continue;
                any = true;
                add(Style::plain, "Share " + share.terms.id + ", signed " +
                                      ledger::to_iso8601(object->iat) + ": " +
                                      ledger::counted(what->bodies.size(), "file"));
                add(Style::fine,
                    "SHA-256 in the ledger of " + object->iss + ": " +
                        ledger::to_hex(object->commitment),
                    5);
            }
        }
        if (!any) add(Style::plain, "None yet.");
    }

    void add_accesses() {
        add(Style::heading, "What its node asked of this one since the exit began");
        std::size_t shown = 0;
        AuditQuery query;
        query.from = exit_.began;
        query.who = "partner " + exit_.partner;
        (void)routes_.audit.search(
            query, {}, kMostLooked,
            [&](const AuditEntry& entry, std::string_view, const ledger::Hash&) {
                add(Style::fine, ledger::to_iso8601(entry.time) + "  " + entry.what + "  " +
                                     entry.about + "  " + std::to_string(entry.status));
                return ++shown < kMostShown;
            });
        if (shown == 0) add(Style::plain, "Nothing.");
        if (shown == kMostShown)
            add(Style::plain, "… older ones are in the audit log (reelproof audit).");
    }

    const VaultRoutes& routes_;
    const PartnerExit& exit_;
    std::vector<Paragraph> out_;
};

}  // namespace

std::string exit_report_pdf(const VaultRoutes& routes, const PartnerExit& exit,
                            const std::string& by) {
    return vision::draw_pages(ExitReport(routes, exit).pages(by),
                              routes.org + ", exit of " + exit.partner);
}

}  // namespace reelproof::api
