#include "api/routes/news.h"

#include <map>
#include <mutex>

#include "api/http/problem.h"
#include "api/people/access.h"
#include "api/routes/news_question.h"
#include "api/routes/transparency.h"
#include "ledger/base/bytes.h"
#include "ledger/format/note.h"

namespace reelproof::api {
namespace {

std::uint64_t cosigned_size(const ledger::Store& store, const std::string& name) {
    for (const ledger::LogInfo& log : store.logs()) {
        if (log.id == ledger::kOwnLog || mirror_name(log.origin) != name) continue;
        const auto row = store.get(ledger::Table::mirrors, ledger::as_bytes(log.origin));
        if (!row) return 0;
        const auto note = ledger::parse_note(ledger::as_text(*row));
        const auto checkpoint = note ? ledger::parse_checkpoint(note->text)
                                     : ledger::Result<ledger::Checkpoint>(note.error());
        return checkpoint ? checkpoint->size : 0;
    }
    return 0;
}

bool is_news(const ledger::Store& store, const NewsQuestion& asked) {
    const auto head = store.head(ledger::kOwnLog);
    if ((head ? head->checkpoint.size : 0) != asked.size) return true;
    return !asked.mirror.empty() && cosigned_size(store, asked.mirror) != asked.mirrored;
}

// The requests that wait. A wake says only that it is worth while to look again.
class WaitingRoom : public std::enable_shared_from_this<WaitingRoom> {
  public:
    WaitingRoom(const ledger::Store& store, const NewsOptions& options)
        : store_(store), options_(options) {
        heads_ = store.watch_heads([this](ledger::LogId log) {
            if (log == ledger::kOwnLog) wake_all({});
        });
        cosignatures_ = store.watch_cosignatures([this](ledger::LogId log) {
            for (const ledger::LogInfo& info : store_.logs())
                if (info.id == log) wake_all(mirror_name(info.origin));
        });
    }

    std::shared_ptr<void> enter(std::string caller, std::string mirror,
                                std::function<void()> wake) {
        const std::lock_guard lock(mutex_);
        std::size_t& own = callers_[caller];
        if (guests_.size() >= options_.places || own >= options_.places_per_caller) {
            if (own == 0) callers_.erase(caller);
            return nullptr;
        }
        ++own;
        const std::uint64_t number = next_++;
        guests_.emplace(number, Guest{std::move(mirror), std::move(wake)});
        return {this, [room = shared_from_this(), number, caller = std::move(caller)](void*) {
                    room->leave(number, caller);
                }};
    }

  private:
    struct Guest {
        std::string mirror;
        std::function<void()> wake;
    };

    void leave(std::uint64_t number, const std::string& caller) {
        const std::lock_guard lock(mutex_);
        guests_.erase(number);
        const auto own = callers_.find(caller);
        if (--own->second == 0) callers_.erase(own);
    }
    // Those who wait for a log of that name; all, when it is empty.
    void wake_all(const std::string& mirror) {
        const std::lock_guard lock(mutex_);
        for (const auto& [number, guest] : guests_)
            if (mirror.empty() || guest.mirror == mirror) guest.wake();
    }

    const ledger::Store& store_;
    const NewsOptions options_;
    std::mutex mutex_;
    std::map<std::uint64_t, Guest> guests_;       // owner: mutex_
    std::map<std::string, std::size_t> callers_;  // owner: mutex_
    std::uint64_t next_ = 0;                      // owner: mutex_
    std::shared_ptr<void> heads_, cosignatures_;  // last: they call the above
};

std::string caller_of(const Request& request) {
    if (!request.peer.certificate_spki) return request.peer.address;
    return ledger::to_hex(*request.peer.certificate_spki);
}

}  // namespace

void add_news_route(Router& router, const ledger::Store& store, const NewsOptions& options) {
    auto room = std::make_shared<WaitingRoom>(store, options);
    RouteOptions route;
    route.hold = [room, &store](const Request& request,
                                std::function<void()> wake) -> std::optional<Hold> {
        const auto asked = read_news_question(request.query);
        if (!asked || asked->wait.count() == 0) return std::nullopt;
        auto place = room->enter(caller_of(request), asked->mirror, std::move(wake));
        // Looked at once we can be woken, so that nothing falls in between.
        if (!place || is_news(store, *asked)) return std::nullopt;
        return Hold{asked->wait, std::move(place)};
    };
    router.add(
        Method::get, "/log/news", std::string(kPeerAccess),
        [&store](const Request& request) {
            const auto asked = read_news_question(request.query);
            if (!asked)
                return Problem(400, "bad-query", "This can't be asked")
                    .detail(
                        "size=N, perhaps with mirror=HASH and mirrored=M, and wait=SECONDS; "
                        "nothing else")
                    .response();
            return Response::empty(is_news(store, *asked) ? 200 : 204);
        },
        route);
}

}  // namespace reelproof::api
