// check, receive, ship, consume, recall and the other events, as calls to the node.
#include <algorithm>
#include <charconv>
#include <iostream>

#include "ledger/base/clock.h"
#include "ledger/base/counted.h"
#include "ledger/base/file.h"
#include "ledger/provenance/marking_record.h"
#include "node/cli/arguments.h"
#include "node/cli/client.h"
#include "node/cli/floor_life_commands.h"
#include "node/cli/shipment_csv.h"
#include "node/cli/supplier_ship.h"
#include "node/cli/verdict_report.h"
#include "vision/label/label.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

using ledger::Result;

json::array texts_json(const std::vector<std::string>& texts) {
    json::array out;
    for (const auto& text : texts) out.emplace_back(text);
    return out;
}

constexpr std::int64_t kMostParts = 1'000'000'000;

Result<std::int64_t> count_option(const std::string& text, const std::string& option) {
    std::int64_t count = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, count);
    if (read.ec == std::errc() && read.ptr == end && count >= 1 && count <= kMostParts)
        return count;
    return ledger::malformed(option + " must be a whole number from 1 to " +
                             std::to_string(kMostParts) + ", not " + printable(text));
}

// What every command of this file has: the node, a label, and members of the body. Shared with the
// callback, which runs after parsing.
struct Call {
    NodeAddress node;
    LabelArguments label;
    std::map<std::string, std::string> texts;   // body members that are texts
    std::map<std::string, std::string> counts;  // and whole numbers
    std::vector<std::string> more_labels;       // boards, new labels
    bool yes = false;
    bool no_text = false;  // of a photograph: its print is left alone
    std::string marking;   // file with what `marking inspect --observation` saw
};

Result<std::unique_ptr<NodeClient>> connect(const Call& call) {
    return NodeClient::connect(call.node);
}

Result<void> confirm_for_good(const Call& call, const std::string& question) {
    return confirm(question + " This can't be taken back.\n", call.yes);
}

Result<json::object> body_of(const Call& call, NodeClient& client, bool with_label = true) {
    json::object body;
    for (const auto& [name, text] : call.counts) {
        const auto count = count_option(text, "--" + name);
        if (!count) return count.error();
        body[name] = *count;
    }
    if (with_label) {
        const auto symbols = call.label.symbols(client);
        if (!symbols) return symbols.error();
        body["symbols"] = texts_json(*symbols);
    }
    for (const auto& [name, text] : call.texts)
        if (!text.empty()) body[name] = text;
    if (!call.marking.empty()) {
        const auto observation = read_input(call.marking, ledger::kMaxMarkingJson);
        if (!observation) return observation.error();
        const auto seen = ledger::parse_marking(ledger::as_text(*observation));
        if (!seen) return ledger::within(call.marking, seen.error());
        body["marking"] = json::parse(ledger::format_marking(*seen));
    }
    return body;
}

int show_recorded(const CommandLine& cli, const Result<json::object>& answer) {
    if (!answer) return fail(answer.error());
    if (const auto* warnings = answer->if_contains("warnings"))
        for (const auto& warning : warnings->as_array())
            std::cerr << "reelproof: " << std::string_view(warning.as_string()) << '\n';
    cli.print(*answer, recorded_text(*answer));
    return kDone;
}

// What to do next with goods that were not taken in.
std::string not_received_text(const json::object& answer) {
    std::string out = "\n  NOT received: put it aside";
    if (answer.at("verdict").as_string() != "HOLD") return out;
    const bool lot = answer.contains("lot_level");
    if (!lot && answer.at("state").as_object().at("status") != "unknown")
        return out + "; a quality engineer may release it with --release REASON";
    return out +
           (lot ? "; this label names a lot, not one package"
                : "; nobody has recorded this package") +
           ", so it comes in under a label of your own.\n  When the goods are found good:\n"
           "    1. reelproof label issue --mpn ... --lot ... --quantity ... --out new\n"
           "    2. stick the new label on the package\n"
           "    3. reelproof relabel --reason 'papers checked' --new @new/....txt, with this label "
           "as here";
}

// A photograph goes to the node as it is, which reads its print as well.
Result<json::object> ask_verdict(const Call& call, NodeClient& client, std::string_view path) {
    const auto key = path == "/v1/receive" ? fresh_idempotency_key() : std::string();
    if (call.label.image.empty() || !call.marking.empty()) {
        const auto body = body_of(call, client);
        if (!body) return body.error();
        return client.post(path, *body, key);
    }
    const auto picture = call.label.picture();
    if (!picture) return picture.error();
    auto target = std::string(path) + (call.no_text ? "?text=no" : "?text=yes");
    for (const auto& [name, text] : call.texts)
        if (!text.empty()) target += "&" + name + "=" + percent_encoded(text);
    auto answer = client.post_picture(target, *picture, key);
    if (!answer && answer.error().kind == ledger::ErrorKind::malformed)
        return ledger::within(call.label.image, answer.error());
    return answer;
}

int run_verdict(const CommandLine& cli, const Call& call, std::string_view path) {
    auto client = connect(call);
    if (!client) return fail(client.error());
    const auto answer = ask_verdict(call, **client, path);
    if (!answer) return fail(answer.error());
    auto text = verdict_text(*answer) + advice_text(*answer);
    if (path == "/v1/receive") {
        const bool received = answer->at("received").as_bool();
        const bool already = answer->at("already").as_bool();
        if (already)
            text += std::string("\n  it was received before; ") + (answer->contains("recorded")
                                                                       ? "the release was recorded"
                                                                       : "nothing was recorded");
        else if (received)
            text += "\n  received";
        else
            text += not_received_text(*answer);
        cli.print(*answer, text);
        // What is here already may have been recalled since.
        return received && !already ? kDone : verdict_exit_code(*answer);
    }
    cli.print(*answer, text);
    return verdict_exit_code(*answer);
}

int run_event(const CommandLine& cli, const Call& call, const std::string& path,
              const std::string& labels_member) {
    auto client = connect(call);
    if (!client) return fail(client.error());
    auto body = body_of(call, **client);
    if (!body) return fail(body.error());
    if (!labels_member.empty() && !call.more_labels.empty()) {
        json::array labels;
        for (const auto& text : call.more_labels) {
            LabelArguments one;
            one.texts = {text};
            const auto symbols = one.symbols(**client);
            if (!symbols) return fail(symbols.error());
            labels.emplace_back(texts_json(*symbols));
        }
        if (labels_member == "boards")
            (*body)["boards"] = std::move(labels);
        else
            (*body)[labels_member] = labels.front();
    }
    return show_recorded(cli, (*client)->post("/v1/" + path, *body, fresh_idempotency_key()));
}

// A command about one item whose body has these texts (option -> member, help).
struct TextOption {
    const char* option;
    const char* member;
    const char* help;
    bool required;
};

std::shared_ptr<Call> add_item_command(CommandLine& cli, const std::string& name,
                                       const std::string& help, const std::string& example,
                                       const std::vector<TextOption>& texts,
                                       const std::string& question = {},
                                       const std::string& labels_member = {}) {
    auto call = std::make_shared<Call>();
    auto* command = cli.command(&cli.app, name, help, example);
    call->node.add_options(command);
    call->label.add_options(command);
    for (const auto& text : texts) {
        auto* option = command->add_option(text.option, call->texts[text.member], text.help);
        if (text.required) option->required();
    }
    if (!question.empty()) command->add_flag("--yes", call->yes, "don't ask");
    command->callback([&cli, call, name, question, labels_member] {
        cli.action = [&cli, call, name, question, labels_member] {
            if (!question.empty())
                if (auto sure = confirm_for_good(*call, question); !sure) return fail(sure.error());
            return run_event(cli, *call, name, labels_member);
        };
    });
    return call;
}

CLI::Option* add_marking_option(CLI::App* command, Call& call) {
    return command
        ->add_option("--marking", call.marking,
                     "what was seen of the parts: a file that `reelproof marking inspect "
                     "--observation` wrote")
        ->check(not_empty());
}

void add_no_text(CLI::App* command, Call& call) {
    command->add_flag("--no-text", call.no_text,
                      "leave a photograph's print alone: only its symbols count");
}

void add_check_and_receive(CommandLine& cli) {
    auto check = std::make_shared<Call>();
    auto* command = cli.command(&cli.app, "check",
                                "Check a label: ACCEPT, HOLD or REJECT, with reasons and proof",
                                "reelproof check --config node.toml --image reel.jpg --place line");
    check->node.add_options(command);
    check->label.add_options(command);
    command->add_option("--place", check->texts["place"],
                        "where: stock (default), receiving or line");
    add_no_text(command, *check);
    add_marking_option(command, *check);
    command->callback([&cli, check] {
        cli.action = [&cli, check] { return run_verdict(cli, *check, "/v1/check"); };
    });

    auto receive = std::make_shared<Call>();
    command = cli.command(&cli.app, "receive",
                          "Check a label and, on ACCEPT, record that the item came in",
                          "reelproof receive --config node.toml --image reel.jpg");
    receive->node.add_options(command);
    receive->label.add_options(command);
    command->add_option("--release", receive->texts["release_reason"],
                        "take a HOLD in all the same, for this reason (it is recorded)");
    add_no_text(command, *receive);
    command->callback([&cli, receive] {
        cli.action = [&cli, receive] { return run_verdict(cli, *receive, "/v1/receive"); };
    });
}

// What the node will ask of each label, asked of the whole file before anything is sent.
Result<void> check_labels(const std::vector<Shipment>& shipments) {
    for (const auto& shipment : shipments)
        for (std::size_t i = 0; i < shipment.labels.size(); ++i) {
            const auto parsed = vision::parse(shipment.labels[i]);
            if (parsed && (parsed->unique_id ||
                           (parsed->fields.contains("mpn") && parsed->fields.contains("lot"))))
                continue;
            return ledger::malformed(
                "line " + std::to_string(shipment.lines[i]) + ": column label: " +
                (parsed ? "it names no item: neither a 25S identifier nor part number and lot"
                        : parsed.error().text));
        }
    return {};
}

int ship_csv(const CommandLine& cli, Call& call, const std::string& csv) {
    auto bytes = ledger::read_file(csv, kMaxShipmentFile);
    if (!bytes) return fail(bytes.error());
    const auto shipments = parse_shipments(ledger::as_text(*bytes));
    if (!shipments) return fail(ledger::within(csv, shipments.error()));
    if (auto fine = check_labels(*shipments); !fine) return fail(ledger::within(csv, fine.error()));
    auto client = connect(call);
    if (!client) return fail(client.error());
    std::size_t number = 0;
    for (const auto& shipment : *shipments) {
        json::object body{{"to", shipment.to}};
        for (const auto& [name, text] : shipment.order) body[name] = text;
        json::array items;
        for (const auto& label : shipment.labels) items.emplace_back(label);
        body["items"] = std::move(items);
        std::cerr << "shipment " << ++number << " of " << shipments->size() << ": "
                  << ledger::counted(shipment.labels.size(), "item") << " to " << shipment.to
                  << '\n';
        // The file names the request: the same file again ships nothing twice.
        const auto code =
            show_recorded(cli, (*client)->post("/v1/ship", body, shipment.idempotency_key));
        if (code != kDone) return code;
    }
    return kDone;
}

void add_ship(CommandLine& cli) {
    auto call = std::make_shared<Call>();
    auto csv = std::make_shared<std::string>();
    auto supplier = std::make_shared<SupplierShip>();
    auto* command =
        cli.command(&cli.app, "ship", "Record that items leave for a partner",
                    "reelproof ship --config node.toml --csv samples/shipment.csv\n"
                    "  reelproof ship --key small.key --to https://node.acme-ems.example"
                    ":8443 --new @labels.txt");
    call->node.add_options(command);
    call->label.add_options(command);
    auto* to = command->add_option("--to", call->texts["to"],
                                   "organisation that they go to; with --key a node's URL");
    command->add_option("--po", call->texts["po"], "purchase order, for the receiver's eyes only");
    command->add_option("--so", call->texts["so"], "sales order, likewise");
    command->add_option("--invoice", call->texts["invoice"], "invoice, likewise");
    command->add_option("--packing-list", call->texts["packing_list"], "packing list, likewise");
    command
        ->add_option("--csv", *csv,
                     "a file with columns label, to and optionally po, so, invoice, packing_list")
        ->excludes(to);
    supplier->add_options(command);
    command->callback([&cli, call, csv, supplier] {
        cli.action = [&cli, call, csv, supplier]() -> int {
            if (supplier->wanted())
                return ship_by_supplier(cli, *supplier, call->label, call->texts);
            if (!csv->empty()) {
                const bool more =
                    std::any_of(call->texts.begin(), call->texts.end(),
                                [](const auto& text) { return !text.second.empty(); });
                if (more || !call->label.texts.empty() || !call->label.image.empty())
                    return fail(ledger::malformed(
                        "--csv says what is shipped: no labels and order numbers beside it"));
                return ship_csv(cli, *call, *csv);
            }
            if (call->texts["to"].empty())
                return fail(
                    ledger::malformed("--to is missing: which organisation do they go to?"));
            auto client = connect(*call);
            if (!client) return fail(client.error());
            auto body = body_of(*call, **client, false);
            json::array items;
            // A photograph is one label with many symbols; texts are one label each.
            const auto symbols = call->label.symbols(**client);
            if (!symbols) return fail(symbols.error());
            if (!call->label.image.empty())
                items.emplace_back(texts_json(*symbols));
            else
                items = texts_json(*symbols);
            (*body)["items"] = std::move(items);
            return show_recorded(cli, (*client)->post("/v1/ship", *body, fresh_idempotency_key()));
        };
    });
}

void add_commission(CommandLine& cli) {
    auto call = std::make_shared<Call>();
    auto* command = cli.command(&cli.app, "commission",
                                "Record new items under labels that nobody has used yet",
                                "reelproof commission --config node.toml @labels/payloads.txt");
    call->node.add_options(command);
    call->label.add_options(command);
    command->callback([&cli, call] {
        cli.action = [&cli, call]() -> int {
            auto client = connect(*call);
            if (!client) return fail(client.error());
            const auto symbols = call->label.symbols(**client);
            if (!symbols) return fail(symbols.error());
            json::object body{{"items", texts_json(*symbols)}};
            return show_recorded(cli,
                                 (*client)->post("/v1/commission", body, fresh_idempotency_key()));
        };
    });
}

void add_item_events(CommandLine& cli) {
    add_item_command(cli, "load", "Record that a reel goes onto a feeder",
                     "reelproof load --config node.toml --feeder NXT3-B1-45 --image reel.jpg",
                     {{"--feeder", "feeder", "the feeder", true},
                      {"--work-order", "work_order", "the work order", false}});
    add_item_command(cli, "unload", "Record that a reel comes off a feeder",
                     "reelproof unload --config node.toml --feeder NXT3-B1-45 --image reel.jpg",
                     {{"--feeder", "feeder", "the feeder", false}});
    add_item_command(cli, "deplete", "Record that an item is used up: its label ends here",
                     "reelproof deplete --config node.toml --image reel.jpg", {},
                     "Is this item used up?");
    add_item_command(cli, "scrap", "Record that an item was destroyed",
                     "reelproof scrap --config node.toml --reason 'wet' --image reel.jpg",
                     {{"--reason", "reason", "why", true}}, "Was this item destroyed?");
    add_item_command(cli, "quarantine", "Block an item",
                     "reelproof quarantine --config node.toml --reason 'odd marking' @label.txt",
                     {{"--reason", "reason", "why", true}});
    add_item_command(cli, "release", "Lift the block of an item, with a reason",
                     "reelproof release --config node.toml --reason 'X-rayed: fine' @label.txt",
                     {{"--reason", "reason", "why", true}});
    auto observe = add_item_command(
        cli, "observe", "Record what was seen of an item's parts: marking, surface",
        "reelproof observe --config node.toml --marking seen.json @label.txt", {});
    add_marking_option(cli.app.get_subcommand("observe"), *observe)->required();
    auto split = add_item_command(
        cli, "split", "Record that parts leave a reel for a new one",
        "reelproof split --config node.toml --quantity 500 --new @new.txt @reel.txt", {}, {},
        "new_symbols");
    auto* command = cli.app.get_subcommand("split");
    command->add_option("--quantity", split->counts["quantity"], "parts that leave")->required();
    command->add_option("--new", split->more_labels, "label of the new reel")
        ->required()
        ->expected(1)
        ->allow_extra_args(false);
    auto relabel = add_item_command(
        cli, "relabel", "Record that an item goes on under a label of ours",
        "reelproof relabel --config node.toml --new @new.txt --image maker-label.jpg",
        {{"--reason", "reason", "why", false}}, {}, "new_symbols");
    cli.app.get_subcommand("relabel")
        ->add_option("--new", relabel->more_labels, "the new label")
        ->required()
        ->expected(1)
        ->allow_extra_args(false);
    auto consume = add_item_command(
        cli, "consume", "Record that parts of a reel were placed on boards",
        "reelproof consume --config node.toml --quantity 40 --board @b1.txt @reel.txt",
        {{"--work-order", "work_order", "the work order", false}}, {}, "boards");
    command = cli.app.get_subcommand("consume");
    command->add_option("--quantity", consume->counts["quantity"], "parts placed")->required();
    command->add_option("--board", consume->more_labels, "label of a board; may be repeated")
        ->allow_extra_args(false);
}

std::string recall_text(const std::string& mpn, const std::vector<std::string>& lots,
                        const std::vector<std::string>& dates) {
    if (lots.empty() && dates.empty()) return mpn + ", EVERY lot of it";
    std::string out = mpn;
    for (const auto& lot : lots) out += (&lot == &lots.front() ? " lot " : ", ") + lot;
    if (!lots.empty() && !dates.empty()) out += " and";
    for (const auto& date : dates) out += (&date == &dates.front() ? " date code " : ", ") + date;
    return out;
}

void add_public_events(CommandLine& cli) {
    auto recall = std::make_shared<Call>();
    auto lots = std::make_shared<std::vector<std::string>>();
    auto dates = std::make_shared<std::vector<std::string>>();
    auto* command = cli.command(
        &cli.app, "recall", "Recall lots or date codes of a part of ours, for everyone to see",
        "reelproof recall --config node.toml --mpn NRF52840 --lot 7AB123 --reason 'die crack'");
    recall->node.add_options(command);
    command->add_option("--mpn", recall->texts["mpn"], "the part")->required();
    command->add_option("--lot", *lots, "a lot; may be repeated")->allow_extra_args(false);
    command->add_option("--date-code", *dates, "a date code; may be repeated")
        ->allow_extra_args(false);
    command->add_option("--reason", recall->texts["reason"], "why")->required();
    command->add_flag("--yes", recall->yes, "don't ask");
    command->callback([&cli, recall, lots, dates] {
        cli.action = [&cli, recall, lots, dates]() -> int {
            const auto what = recall_text(recall->texts["mpn"], *lots, *dates);
            if (auto sure = confirm_for_good(
                    *recall, "Recall " + what + "? It counts only for a part that you make.");
                !sure)
                return fail(sure.error());
            auto client = connect(*recall);
            if (!client) return fail(client.error());
            auto body = body_of(*recall, **client, false);
            (*body)["lots"] = texts_json(*lots);
            (*body)["date_codes"] = texts_json(*dates);
            const auto answer = (*client)->post("/v1/recall", *body, fresh_idempotency_key());
            if (!answer) return fail(answer.error());
            cli.print(*answer, recorded_text(*answer) + "\n  recalled: " + what);
            return kDone;
        };
    });

    auto authorise = std::make_shared<Call>();
    auto mpns = std::make_shared<std::vector<std::string>>();
    auto days = std::make_shared<std::map<std::string, std::string>>();
    command = cli.command(
        &cli.app, "authorise", "Name a distributor as authorised for our parts",
        "reelproof authorise --config node.toml --org dist.example --mpn 'NRF52*' --to 2027-12-31");
    authorise->node.add_options(command);
    command->add_option("--org", authorise->texts["org"], "the distributor")->required();
    command->add_option("--mpn", *mpns, "parts; a trailing * matches the rest; default: all");
    command->add_option("--from", (*days)["not_before"], "first day, YYYY-MM-DD");
    command->add_option("--to", (*days)["not_after"], "last day, YYYY-MM-DD");
    command->callback([&cli, authorise, mpns, days] {
        cli.action = [&cli, authorise, mpns, days]() -> int {
            auto client = connect(*authorise);
            if (!client) return fail(client.error());
            auto body = body_of(*authorise, **client, false);
            (*body)["mpns"] = texts_json(*mpns);
            for (const auto& [member, text] : *days) {
                if (text.empty()) continue;
                const auto day = day_option(text, member == "not_before" ? "--from" : "--to");
                if (!day) return fail(day.error());
                // The last day belongs to it.
                (*body)[member] = member == "not_after" ? *day + 86399 : *day;
            }
            return show_recorded(cli,
                                 (*client)->post("/v1/authorise", *body, fresh_idempotency_key()));
        };
    });
}

}  // namespace

void add_event_commands(CommandLine& cli) {
    add_check_and_receive(cli);
    add_commission(cli);
    add_ship(cli);
    add_item_events(cli);
    add_floor_life_commands(cli);
    add_public_events(cli);
}

}  // namespace reelproof::node
