#include "api/routes/live.h"

#include <algorithm>
#include <map>

#include "api/http/problem.h"
#include "api/people/access.h"
#include "api/routes/auth.h"

namespace reelproof::api {

namespace {

// How many streams are open, in all and of each person.
class Places {
  public:
    enum class Full { no, of_this_person, of_all };
    Full take(const std::string& user, std::size_t most_of_one, std::size_t most) {
        const std::lock_guard lock(mutex_);
        if (taken_ >= most) return Full::of_all;
        auto& own = of_user_[user];
        if (own >= most_of_one) return Full::of_this_person;
        ++own;
        ++taken_;
        return Full::no;
    }
    void give_back(const std::string& user) {
        const std::lock_guard lock(mutex_);
        --taken_;
        const auto own = of_user_.find(user);
        if (--own->second == 0) of_user_.erase(own);
    }

  private:
    std::mutex mutex_;
    std::size_t taken_ = 0;                       // under mutex_
    std::map<std::string, std::size_t> of_user_;  // under mutex_
};

bool sees(const std::vector<std::string>& roles, Live::Message::Audience audience) {
    using Audience = Live::Message::Audience;
    const auto any = [&](std::initializer_list<std::string_view> accesses) {
        return std::any_of(accesses.begin(), accesses.end(),
                           [&](std::string_view access) { return may(roles, access); });
    };
    switch (audience) {
        case Audience::events:
        case Audience::verdicts:
            return any({kTraceAccess, kReceiveAccess});
        case Audience::line_verdicts:
            return any({kTraceAccess, kReceiveAccess, kLineAccess});
        case Audience::line:
            return any({kLineAccess, kJobsAccess});
        case Audience::logs:
            return any({kTraceAccess, kHealthAccess});
        case Audience::boms:
            return any({kVaultAccess});
    }
    return false;
}

std::string event_text(std::uint64_t number, std::string_view kind, std::string_view json) {
    std::string out;
    if (number != 0) out = "id: " + std::to_string(number) + "\n";
    return out.append("event: ").append(kind).append("\ndata: ").append(json).append("\n\n");
}

class LiveStream : public BodyStream {
  public:
    // A place was taken for it.
    LiveStream(LiveRoutes& routes, std::shared_ptr<Places> places, const Principal& caller)
        : routes_(routes), places_(std::move(places)), caller_(caller) {}
    ~LiveStream() override {
        watcher_.reset();
        places_->give_back(caller_.name);
    }
    LiveStream(const LiveStream&) = delete;
    LiveStream& operator=(const LiveStream&) = delete;

    void open(std::function<void()> wake) override {
        watcher_.emplace(
            routes_.live,
            [this](const Live::Message& message) { return sees(caller_.grants, message.audience); },
            std::move(wake));
    }

    std::optional<std::string> next(bool idle) override {
        if (!still_holds(caller_, routes_.people)) return std::nullopt;
        const auto come = watcher_->take();
        if (!come) return std::nullopt;
        std::string out;
        if (!std::exchange(greeted_, true))
            out =
                event_text(0, "hello", R"({"at":")" + ledger::to_iso8601(routes_.clock()) + "\"}");
        for (const auto& [number, message] : *come)
            out += event_text(number, message->kind, message->json);
        // Whoever watches the node learns within one sign of life how it is.
        if (may(caller_.grants, kHealthAccess))
            if (auto status = routes_.status(); status != status_) {
                status_ = std::move(status);
                out += event_text(0, "alarm", R"({"status":")" + status_ + "\"}");
            }
        if (out.empty() && idle) return ":\n\n";
        return out;
    }

  private:
    LiveRoutes& routes_;
    const std::shared_ptr<Places> places_;
    const Principal caller_;
    std::optional<Live::Watcher> watcher_;
    bool greeted_ = false;
    std::string status_;
};

Response full(Places::Full why) {
    if (why == Places::Full::of_this_person)
        return Problem(429, "too-many", "Too many streams")
            .detail("this person watches in too many windows already: close some")
            .header("Retry-After", "15")
            .response();
    return Problem(503, "busy", "Too many streams")
        .detail("too many watch at this moment; pages work without it")
        .header("Retry-After", "60")
        .response();
}

}  // namespace

void add_live_route(Router& router, LiveRoutes& routes) {
    router.add(Method::get, "/v1/live", std::string(kSessionAccess),
               [&routes, places = std::make_shared<Places>()](const Request& request) -> Response {
                   const auto* caller = std::any_cast<Principal>(&request.principal);
                   if (caller == nullptr || !caller->session)
                       throw std::logic_error("a session route was entered without a session");
                   const auto why = places->take(caller->name, routes.most_of_one, routes.most);
                   if (why != Places::Full::no) return full(why);
                   auto response = Response::bytes(200, "text/event-stream", std::string());
                   response.stream = std::make_shared<LiveStream>(routes, places, *caller);
                   return response;
               });
}

}  // namespace reelproof::api
