#include "node/cli/vault_calls.h"

#include <memory>

#include <boost/json.hpp>

#include "ledger/base/clock.h"
#include "node/cli/arguments.h"
#include "node/cli/client.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

// "reelproof vault share list"
std::string example(const CLI::App* parent, const std::string& name) {
    const auto& of = parent->get_name();
    return "reelproof vault " + (of == "vault" ? "" : of + " ") + name;
}

}  // namespace

std::string text_of(const json::object& object, std::string_view name) {
    const auto* text = object.if_contains(name);
    return text == nullptr ? "" : printable(text->as_string());
}

std::string time_of(const json::object& object, std::string_view name) {
    return ledger::to_iso8601(object.at(name).to_number<std::int64_t>());
}

std::uint64_t count_of(const json::object& object, std::string_view name) {
    return object.at(name).to_number<std::uint64_t>();
}

void add_vault_list(CommandLine& cli, CLI::App* parent, const std::string& name,
                    const std::string& help, const std::string& path, const std::string& member,
                    Shown shown) {
    auto node = std::make_shared<NodeAddress>();
    auto* list = cli.command(parent, name, help, example(parent, name));
    node->add_options(list);
    list->callback([&cli, node, path, member, shown] {
        cli.action = [&cli, node, path, member, shown]() -> int {
            auto client = NodeClient::connect(*node);
            if (!client) return fail(client.error());
            const auto answer = (*client)->get(path);
            if (!answer) return fail(answer.error());
            std::string text;
            for (const auto& one : answer->at(member).as_array())
                text += (text.empty() ? "" : "\n") + shown(one.get_object());
            cli.print(*answer, text.empty() ? "none" : text);
            return kDone;
        };
    });
}

void add_vault_act(CommandLine& cli, CLI::App* parent, const VaultAct& act, Shown shown) {
    struct Given {
        NodeAddress node;
        std::string id, reason;
        bool yes = false;
    };
    auto given = std::make_shared<Given>();
    auto* command =
        cli.command(parent, act.name, act.help,
                    example(parent, act.name) + " ID" +
                        (act.reason == Reason::needed ? " --reason 'contract over'" : ""));
    given->node.add_options(command);
    command->add_option("ID", given->id, "as the list shows it")->required();
    if (act.reason != Reason::none) {
        auto* reason = command->add_option("--reason", given->reason, "why");
        if (act.reason == Reason::needed) reason->required();
    }
    if (!act.sure.empty()) command->add_flag("--yes", given->yes, "don't ask");
    command->callback([&cli, given, act, shown] {
        cli.action = [&cli, given, act, shown]() -> int {
            if (!act.sure.empty())
                if (const auto sure = confirm(act.sure + "\n", given->yes); !sure)
                    return bad_usage(sure.error());
            auto client = NodeClient::connect(given->node);
            if (!client) return fail(client.error());
            json::object body;
            if (!given->reason.empty()) body["reason"] = given->reason;
            const auto answer =
                (*client)->post(act.path + percent_encoded(given->id) + "/" + act.name, body,
                                fresh_idempotency_key());
            if (!answer) return fail(answer.error());
            cli.print(*answer, shown(*answer));
            return kDone;
        };
    });
}

}  // namespace reelproof::node
