#include <algorithm>

#include "vision/label/characters.h"
#include "vision/label/identifiers.h"
#include "vision/label/profile.h"
#include "vision/label/profile_reader.h"

namespace reelproof::vision {
namespace {

using Reader = ProfileReader;

void pairs_of(const toml::table& table, const std::string& field, Reader& read,
              std::vector<std::pair<std::string, std::string>>& into) {
    for (const auto& [key, value] : table) {
        const auto* text = value.as_string();
        if (text == nullptr) {
            return read.fail(value, Reader::join(field, key.str()), "this has to be a text");
        }
        into.emplace_back(std::string(key.str()), text->get());
    }
}

Target target_of(const toml::node& node, const std::string& field, Reader& read) {
    Target target;
    if (const auto* name = node.as_string()) {
        target.field = read.field_name(node, name->get(), field);
        return target;
    }
    const auto* table = node.as_table();
    if (table == nullptr) {
        read.fail(node, field, "this has to be a field's name or a table");
        return target;
    }
    read.only(*table, {"field", "shape", "cut", "rest", "as", "words"}, field);
    read.text(*table, "field", target.field, field);
    read.field_name(node, target.field, field + ".field");
    read.shape(*table, "shape", target.shape, field);
    read.text(*table, "cut", target.cut, field);
    read.text(*table, "rest", target.rest, field);
    read.field_name(node, target.rest, field + ".rest");
    read.text(*table, "as", target.as, field);
    if (!target.as.empty() && target.as != "msl" && target.as != "date") {
        read.fail(node, field + ".as", "\"msl\" and \"date\" are known, not \"" + target.as + "\"");
    }
    if (const auto* words = read.table(*table, "words", field)) {
        std::vector<std::pair<std::string, std::string>> list;
        pairs_of(*words, field + ".words", read, list);
        target.words.insert(list.begin(), list.end());
    }
    return target;
}

std::vector<Target> targets_of(const toml::node& node, const std::string& field, Reader& read) {
    std::vector<Target> targets;
    if (const auto* list = node.as_array()) {
        for (const toml::node& entry : *list) {
            if (targets.size() == 8) {
                read.fail(node, field, "more than eight targets");
                break;
            }
            targets.push_back(target_of(entry, field, read));
        }
    } else {
        targets.push_back(target_of(node, field, read));
    }
    return targets;
}

// "30P x '-ND'", "1V? x": identifier, "?" where it may be missing, shape.
Slot slot_of(const toml::node& node, const std::string& field, bool identifiers, Reader& read) {
    Slot slot;
    const auto* value = node.as_string();
    if (value == nullptr) {
        read.fail(node, field, "this has to be a text: an identifier and a shape");
        return slot;
    }
    const std::string_view text = value->get();
    const auto blank = text.find(' ');
    slot.identifier = text.substr(0, blank);
    if (slot.identifier.ends_with('?')) {
        slot.optional = true;
        slot.identifier.pop_back();
    }
    if (identifiers) {
        read.identifier(node, slot.identifier, field);
    } else if (slot.identifier.empty() || slot.identifier.size() > 20) {
        read.fail(node, field, "a tag has 1 to 20 characters");
    }
    read.not_secret(node, slot.identifier, field);
    if (blank != std::string_view::npos) {
        auto shape = Shape::parse(text.substr(blank + 1));
        if (shape) {
            slot.shape = *std::move(shape);
        } else {
            read.fail(node, field, "this is no shape: " + shape.error().text);
        }
    }
    return slot;
}

Order order_of(const toml::table& table, const std::string& field, bool identifiers, Reader& read) {
    Order order;
    read.only(table, {"records", "may_end_after"}, field);
    const auto* list = table.get_as<toml::array>("records");
    if (list == nullptr || list->empty() || list->size() > 40) {
        read.fail(table, field + ".records", "this has to be a list of 1 to 40 texts");
        return order;
    }
    for (const toml::node& entry : *list) {
        order.slots.push_back(slot_of(entry, field + ".records", identifiers, read));
    }
    order.may_end_after = order.slots.size() - 1;
    std::string last;
    read.text(table, "may_end_after", last, field);
    if (!last.empty()) {
        const auto found = std::find_if(order.slots.begin(), order.slots.end(),
                                        [&](const Slot& slot) { return slot.identifier == last; });
        if (found == order.slots.end()) {
            read.fail(table, field + ".may_end_after", "none of the records is \"" + last + "\"");
        } else {
            order.may_end_after = static_cast<std::size_t>(found - order.slots.begin());
        }
    }
    return order;
}

Piece piece_of(const toml::table& table, const std::string& field, Reader& read) {
    Piece piece;
    read.only(table,
              {"tag", "identifier", "at", "width", "optional", "shape", "to", "parts", "what"},
              field);
    read.text(table, "tag", piece.tag, field);
    piece.identifier = piece.tag;
    read.text(table, "identifier", piece.identifier, field);
    read.not_secret(table, piece.tag, field + ".tag");
    read.not_secret(table, piece.identifier, field + ".identifier");
    read.number(table, "at", piece.at, max_label_text, field);
    read.number(table, "width", piece.width, max_label_text, field);
    read.flag(table, "optional", piece.optional, field);
    read.shape(table, "shape", piece.shape, field);
    if (const auto* to = table.get("to")) piece.targets = targets_of(*to, field + ".to", read);
    read.each(
        table, "parts",
        [&](const toml::table& part, const std::string& name) {
            std::size_t width = 0;
            read.only(part, {"width", "to"}, name);
            read.number(part, "width", width, max_label_text, name);
            Target target;
            if (const auto* to = part.get("to")) target = target_of(*to, name + ".to", read);
            piece.parts.emplace_back(width, std::move(target));
        },
        field);
    return piece;
}

Example example_of(const toml::table& table, const std::string& field, Reader& read) {
    Example example;
    read.only(table, {"text", "channel", "symbology", "fields", "recovered", "refused", "note"},
              field);
    example.line = table.source().begin.line;
    read.text(table, "text", example.text, field);
    if (example.text.empty()) read.fail(table, field + ".text", "an example has a text");
    read.text(table, "symbology", example.symbology, field);
    read.text(table, "channel", example.channel, field);
    const std::string_view channels[] = {"", "camera", "wedge", "serial"};
    const auto known = std::find(std::begin(channels), std::end(channels), example.channel);
    if (known == std::end(channels)) {
        read.fail(table, field + ".channel", "this is camera, wedge or serial");
    } else {
        example.options.channel = static_cast<Channel>(known - std::begin(channels));
    }
    read.flag(table, "recovered", example.recovered, field);
    read.text(table, "refused", example.refused, field);
    if (const auto* fields = read.table(table, "fields", field)) {
        for (const auto& [key, value] : *fields) {
            const std::string name(key.str());
            if (const auto* text = value.as_string()) {
                example.fields[name] = text->get();
            } else if (const auto* number = value.as_integer()) {
                example.fields[name] = number->get();
            } else {
                read.fail(value, field + ".fields." + name, "this has to be a text or a number");
            }
        }
    }
    return example;
}

void read_identifiers(const toml::table& file, Profile& profile, Reader& read) {
    read.text(file, "envelope", profile.envelope);
    if (profile.envelope != "06" && profile.envelope != "@") {
        read.fail(*file.get("envelope"), "envelope", "this is \"06\" or \"@\"");
    }
    read.flag(file, "exclusive", profile.exclusive);
    read.each(file, "when", [&](const toml::table& table, const std::string& field) {
        Condition condition;
        read.only(table, {"has", "lacks", "only", "values"}, field);
        read.texts(table, "has", condition.has, field);
        read.texts(table, "lacks", condition.lacks, field);
        read.texts(table, "only", condition.only, field);
        for (const auto* list : {&condition.has, &condition.lacks, &condition.only}) {
            for (const auto& code : *list) {
                // "no label of ours" is asked this way; nothing of the secret is seen
                if (code != "25S") read.identifier(table, code, field);
            }
        }
        if (const auto* values = read.table(table, "values", field)) {
            for (const auto& [key, value] : *values) {
                const std::string name = field + ".values." + std::string(key.str());
                read.identifier(value, std::string(key.str()), name);
                condition.values.emplace_back(std::string(key.str()), read.shape_of(value, name));
            }
        }
        if (condition.has.empty() && condition.values.empty()) {
            read.fail(table, field, "a condition needs \"has\" or \"values\"");
        }
        profile.conditions.push_back(std::move(condition));
    });
    if (profile.conditions.empty() && profile.envelope == "06") {
        read.fail(file, "when", "nothing says how such a label is recognised");
    }
    if (const auto* fields = read.table(file, "fields")) {
        for (const auto& [key, value] : *fields) {
            const std::string code(key.str()), name = "fields." + code;
            read.identifier(value, code, name);
            profile.rules.push_back({code, targets_of(value, name, read)});
        }
    }
    read.each(file, "order", [&](const toml::table& table, const std::string& field) {
        profile.orders.push_back(order_of(table, field, true, read));
    });
    if (const auto* lookup = read.table(file, "lookup")) {
        Profile::Lookup found;
        read.only(*lookup, {"from", "until", "field", "table"}, "lookup");
        read.text(*lookup, "from", found.from, "lookup");
        read.text(*lookup, "until", found.until, "lookup");
        read.text(*lookup, "field", found.field, "lookup");
        read.field_name(*lookup, found.field, "lookup.field");
        if (const auto* table = read.table(*lookup, "table", "lookup")) {
            std::vector<std::pair<std::string, std::string>> list;
            pairs_of(*table, "lookup.table", read, list);
            found.table.insert(list.begin(), list.end());
        }
        profile.lookup = std::move(found);
    }
}

void read_pairs(const toml::table& file, Profile& profile, Reader& read) {
    read.text(file, "assign", profile.assign);
    read.texts(file, "first_keys", profile.first_keys);
    read.texts(file, "needs", profile.needs);
    read.texts(file, "mentions", profile.mentions);
    read.texts(file, "ends", profile.ends);
    read.text(file, "null", profile.null_value);
    if (const auto* keys = read.table(file, "keys")) {
        for (const auto& [key, value] : *keys) {
            const std::string code(key.str());
            read.not_secret(value, code, "keys." + code);
            profile.keys.push_back({code, targets_of(value, "keys." + code, read)});
        }
    }
    if (const auto* flags = read.table(file, "flags")) {
        for (const auto& [key, value] : *flags) {
            const std::string name = "flags." + std::string(key.str());
            std::vector<std::pair<std::string, std::string>> one;
            if (const auto* table = value.as_table()) pairs_of(*table, name, read, one);
            if (one.size() != 1) {
                read.fail(value, name, "this has to be one field with its value");
                continue;
            }
            read.field_name(value, one[0].first, name);
            profile.flags.emplace_back(std::string(key.str()), one[0]);
        }
    }
    if (profile.keys.empty()) read.fail(file, "keys", "there is no key");
    if (profile.separator.empty()) read.fail(file, "separator", "nothing separates the pairs");
    if (profile.needs.empty() && profile.first_keys.empty())
        read.fail(file, "needs", "no key tells such a text from others");
}

void read_text_kinds(const toml::table& file, Profile& profile, Reader& read) {
    read.text(file, "prefix", profile.prefix);
    read.text(file, "suffix", profile.suffix);
    read.text(file, "prefix_identifier", profile.prefix_identifier);
    read.text(file, "separator", profile.separator);
    std::vector<std::size_t> lengths;
    if (const auto* node = file.get("length")) {
        const auto* list = node->as_array();
        for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
            const auto value = (*list)[i].value<std::int64_t>().value_or(-1);
            if (value >= 0 && value <= static_cast<std::int64_t>(max_label_text)) {
                lengths.push_back(static_cast<std::size_t>(value));
            }
        }
        if (lengths.size() == 1) lengths.push_back(lengths[0]);
        if (lengths.size() != 2 || lengths[0] > lengths[1]) {
            read.fail(*node, "length", "this is [exactly] or [at least, at most]");
        } else {
            profile.least_length = lengths[0];
            profile.most_length = lengths[1];
        }
    }
    if (profile.kind == ProfileKind::pairs) return read_pairs(file, profile, read);
    if (profile.kind == ProfileKind::tagged) {
        read.flag(file, "guess", profile.guess);
        read.flag(file, "lost_separator", profile.lost_separator);
        read.each(file, "order", [&](const toml::table& table, const std::string& field) {
            profile.orders.push_back(order_of(table, field, false, read));
        });
        if (profile.orders.size() != 1) read.fail(file, "order", "there has to be one");
        if (const auto* fields = read.table(file, "fields")) {
            for (const auto& [key, value] : *fields) {
                const std::string code(key.str());
                profile.rules.push_back({code, targets_of(value, "fields." + code, read)});
            }
        }
        return;
    }
    const auto* name = profile.kind == ProfileKind::list ? "item" : "column";
    read.each(file, name, [&](const toml::table& table, const std::string& field) {
        profile.pieces.push_back(piece_of(table, field, read));
    });
    if (profile.pieces.empty()) {
        read.fail(file, name, "there has to be at least one [[" + std::string(name) + "]]");
    }
    if (profile.kind == ProfileKind::list && profile.separator.empty()) {
        read.fail(file, "separator", "nothing separates the items");
    }
    bool told = !profile.prefix.empty();
    for (const Piece& piece : profile.pieces) {
        told = told || !piece.shape.any() || !piece.tag.empty();
    }
    if (!told) {
        read.fail(file, name, "every text would be taken: give a prefix, tags or shapes");
    }
}

// A field that is nowhere would make each label incomplete. What another symbol of the label states
// may be required.
void check_required(const toml::table& file, const Profile& profile, Reader& read) {
    const auto check = [&](const std::string& field, const char* setting) {
        const auto all = identifiers();
        const bool known = std::any_of(all.begin(), all.end(), [&](const Identifier& one) {
            return !field.empty() && one.field == field;
        });
        if (known || read.fields().contains(field)) return;
        std::string given;
        for (const auto& name : read.fields()) given += (given.empty() ? "" : ", ") + name;
        read.fail(*file.get(setting), setting,
                  "no field is called \"" + field + "\"; this profile gives " +
                      (given.empty() ? "none" : given));
    };
    for (const auto& field : profile.require) check(field, "require");
    for (const auto& [field, identifier] : profile.require_if) check(field, "require_if");
}

Result<Profile> read_profile(const toml::table& file, std::string_view file_name) {
    Reader read{std::string(file_name)};
    Profile profile;
    profile.file = file_name;
    read.only(file, {"name",       "format",        "title",
                     "kind",       "priority",      "symbologies",
                     "note",       "constants",     "require",
                     "require_if", "habits",        "example",
                     "envelope",   "exclusive",     "when",
                     "fields",     "order",         "lookup",
                     "prefix",     "suffix",        "prefix_identifier",
                     "separator",  "length",        "item",
                     "column",     "assign",        "first_keys",
                     "needs",      "mentions",      "null",
                     "keys",       "flags",         "ends",
                     "guess",      "lost_separator"},
              "");
    read.text(file, "name", profile.name);
    const bool named = !profile.name.empty() && profile.name.size() <= 60 &&
                       std::all_of(profile.name.begin(), profile.name.end(),
                                   [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
    if (!named) read.fail(file, "name", "a profile has a name of small letters, digits and -");
    profile.format = profile.name;
    read.text(file, "format", profile.format);
    read.text(file, "title", profile.title);
    std::string kind;
    read.text(file, "kind", kind);
    const std::string_view kinds[] = {"identifiers", "list", "columns", "pairs", "tagged"};
    const auto known = std::find(std::begin(kinds), std::end(kinds), kind);
    if (known == std::end(kinds)) {
        read.fail(file, "kind", "this is identifiers, list, columns, pairs or tagged");
    } else {
        profile.kind = static_cast<ProfileKind>(known - std::begin(kinds));
    }
    std::size_t priority = 50;
    read.number(file, "priority", priority, 100);
    profile.priority = static_cast<int>(priority);
    read.texts(file, "symbologies", profile.symbologies);
    read.texts(file, "require", profile.require);
    read.texts(file, "habits", profile.habits);
    if (const auto* constants = read.table(file, "constants")) {
        pairs_of(*constants, "constants", read, profile.constants);
        for (const auto& [name, value] : profile.constants) {
            read.field_name(*constants, name, "constants");
            if (name == "quantity" || value.empty()) {
                read.fail(*constants, "constants." + name, "this can't be a constant");
            }
        }
    }
    if (const auto* conditional = read.table(file, "require_if")) {
        pairs_of(*conditional, "require_if", read, profile.require_if);
    }
    if (!read.failed()) {
        if (profile.kind == ProfileKind::identifiers) {
            read_identifiers(file, profile, read);
        } else {
            read_text_kinds(file, profile, read);
        }
        check_required(file, profile, read);
    }
    read.each(file, "example", [&](const toml::table& table, const std::string& field) {
        profile.examples.push_back(example_of(table, field, read));
    });
    if (profile.examples.empty()) {
        read.fail(file, "example", "a profile has at least one [[example]], which is its test");
    }
    if (read.failed()) return read.error();
    return profile;
}

}  // namespace

Result<Profile> profile_from_toml(std::string_view text, std::string_view file) {
    const std::string name(file);
    if (text.size() > max_profile_bytes) {
        return Error{"profile.too-long", name + ": longer than 256 KiB"};
    }
    try {
        return read_profile(toml::parse(text, name), file);
    } catch (const toml::parse_error& error) {
        return Error{"profile.syntax", name + ": line " +
                                           std::to_string(error.source().begin.line) + ": " +
                                           std::string(error.description())};
    } catch (const std::logic_error&) {
        return Error{"profile.syntax", name + ": this is not TOML"};
    }
}

}  // namespace reelproof::vision
