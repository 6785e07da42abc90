#include "node/cli/bom_output.h"

#include "node/cli/arguments.h"

namespace reelproof::node {

namespace json = boost::json;

using ledger::Result;

Result<json::object> find_bom(NodeClient& client, const std::string& named) {
    const auto answer = client.get("/v1/boms");
    if (!answer) return answer.error();
    std::optional<json::object> found;
    for (const auto& value : answer->at("boms").as_array()) {
        const auto& one = value.get_object();
        const auto path = std::string(one.at("project").as_string()) + "/" +
                          std::string(one.at("name").as_string());
        if (named == one.at("bom").as_string()) return one;
        if (named != path) continue;
        if (found)
            return ledger::malformed(
                printable(named) + " is one of " + member_text(*found, "owner") + " and one of " +
                member_text(one, "owner") + ": name it by its id (--json shows it)");
        found = one;
    }
    if (found) return std::move(*found);
    return ledger::Error{ledger::ErrorKind::not_found,
                         "there is no BOM " + printable(named) +
                             ", or no share lets you see it; `reelproof bom list` lists them as "
                             "PROJECT/NAME"};
}

std::string bom_path(const json::object& bom) {
    return "/v1/boms/" + std::string(bom.at("bom").as_string());
}

Result<std::uint64_t> revision_number(const json::object& bom, const std::string& revision) {
    const auto& all = bom.at("revisions").as_array();
    if (revision == "draft") return 0;
    if (revision.empty())
        return all.empty() ? 0 : all.back().at("number").to_number<std::uint64_t>();
    for (const auto& one : all)
        if (one.at("revision").as_string() == revision)
            return one.at("number").to_number<std::uint64_t>();
    return ledger::Error{ledger::ErrorKind::not_found,
                         "the BOM has no released revision " + printable(revision)};
}

std::string member_text(const json::object& object, std::string_view name) {
    const auto* text = object.if_contains(name);
    return text == nullptr || !text->is_string() ? "" : printable(text->get_string());
}

std::int64_t member_number(const json::object& object, std::string_view name) {
    const auto* number = object.if_contains(name);
    return number == nullptr || !number->is_number() ? 0 : number->to_number<std::int64_t>();
}

std::string changes_text(const json::array& changes) {
    std::string out;
    for (const auto& value : changes) {
        const auto& one = value.get_object();
        const auto places = member_text(one, "designators");
        out += (out.empty() ? "  " : "\n  ") + member_text(one, "what") +
               (places.empty() ? "" : "  " + places) + "  ";
        const auto was = member_text(one, "part"), now = member_text(one, "new_part");
        if (was != now) out += was + (was.empty() || now.empty() ? "" : " > ") + now;
        if (was == now) out += now;
        if (member_text(one, "what") != "changed") continue;
        const auto &before = one.at("before").as_object(), &after = one.at("after").as_object();
        std::string fields;
        const auto add = [&](std::string_view field) {
            fields += (fields.empty() ? "" : "; ") + std::string(field) + ": " +
                      member_text(before, field) + " > " + member_text(after, field);
        };
        for (const auto& member : before) add(member.key());
        for (const auto& member : after)
            if (!before.contains(member.key())) add(member.key());
        out += "  (" + fields + ")";
    }
    return out.empty() ? "  nothing" : out;
}

std::string problems_text(const json::array& problems) {
    std::string out;
    for (const auto& value : problems) {
        const auto& one = value.get_object();
        const auto field = member_text(one, "field");
        out += "\n  ";
        if (const auto line = member_number(one, "line"); line != 0)
            out += "line " + std::to_string(line) + ": ";
        out += (field.empty() ? "" : field + ": ") + member_text(one, "text");
        if (one.at("warning").as_bool()) out += " (warning)";
    }
    return out;
}

}  // namespace reelproof::node
