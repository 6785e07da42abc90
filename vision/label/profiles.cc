#include "vision/label/profiles.h"

#include <algorithm>

#include "vision/label/characters.h"
#include "vision/label/field_reader.h"

namespace reelproof::vision {
namespace {

using Records = std::span<const Record>;

class Label {
  public:
    explicit Label(Records records) : records_(records) {}

    const Record* find(std::string_view identifier) const {
        for (const Record& record : records_) {
            if (record.identifier == identifier) return &record;
        }
        return nullptr;
    }
    bool has(std::string_view identifier) const { return find(identifier) != nullptr; }
    std::size_t size() const { return records_.size(); }

    bool meets(const Condition& condition) const {
        const auto stands = [&](const std::string& code) { return has(code); };
        if (!std::all_of(condition.has.begin(), condition.has.end(), stands)) return false;
        if (std::any_of(condition.lacks.begin(), condition.lacks.end(), stands)) return false;
        for (const auto& [code, shape] : condition.values) {
            const Record* record = find(code);
            if (record == nullptr || !shape.matches(trim(record->data))) return false;
        }
        const auto& only = condition.only;
        return only.empty() ||
               std::all_of(records_.begin(), records_.end(), [&](const Record& record) {
                   return std::find(only.begin(), only.end(), record.identifier) != only.end();
               });
    }

  private:
    Records records_;
};

const Profile* whose(const Label& label, std::string_view envelope, const ProfileSet& profiles) {
    // A distributor's own numbers on an issued label don't make it the distributor's format.
    if (label.has("25S")) return nullptr;
    for (const Profile* profile : profiles.of_identifiers()) {
        if (profile->envelope != envelope) continue;
        const auto& conditions = profile->conditions;
        if (conditions.empty() ||
            std::any_of(conditions.begin(), conditions.end(),
                        [&](const Condition& condition) { return label.meets(condition); })) {
            return profile;
        }
    }
    return nullptr;
}

const IdentifierRule* rule_for(const Profile& profile, std::string_view identifier) {
    for (const IdentifierRule& rule : profile.rules) {
        if (rule.identifier == identifier) return &rule;
    }
    return nullptr;
}

void put_standard(const Record& record, FieldReader& fields) {
    const Identifier* known = find_identifier(record.identifier);
    if (known != nullptr && !known->field.empty()) {
        fields.put(known->field, record.identifier, record.data);
    }
}

void read_profile(const Label& label, Records records, const Profile& profile, ParsedLabel& result,
                  FieldReader& fields) {
    result.format = profile.format;
    result.profile = profile.name;
    // In the order of the rules, so that a profile can say which of two values goes first.
    for (const IdentifierRule& rule : profile.rules) {
        for (const Record& record : records) {
            if (record.identifier == rule.identifier) {
                fields.put(rule.targets, record.identifier, record.data);
            }
        }
    }
    if (!profile.exclusive) {
        for (const Record& record : records) {
            if (rule_for(profile, record.identifier) != nullptr) continue;
            const Identifier* known = find_identifier(record.identifier);
            // What the profile reads from elsewhere is not to be contradicted by a habit of its
            // own.
            if (known != nullptr && !known->field.empty() && !fields.has(known->field)) {
                fields.put(known->field, record.identifier, record.data);
            }
        }
    }
    std::erase_if(result.warnings, [&](const Warning& warning) {
        const auto& habits = profile.habits;
        return std::find(habits.begin(), habits.end(), warning.code) != habits.end();
    });
    fields.constants(profile);
    if (profile.lookup) {
        const auto from = result.fields.find(profile.lookup->from);
        if (from != result.fields.end() && !fields.has(profile.lookup->field)) {
            const std::string text = to_string(from->second);
            const auto& table = profile.lookup->table;
            const auto entry =
                table.find(std::string_view(text).substr(0, text.find(profile.lookup->until)));
            if (entry != table.end()) fields.text(profile.lookup->field, entry->second);
        }
    }
    for (const auto& field : profile.require) fields.require(field);
    for (const auto& [field, identifier] : profile.require_if) {
        if (label.has(identifier)) fields.require(field);
    }
}

void read_standard(const Label& label, Records records, ParsedLabel& result, FieldReader& fields) {
    result.format = "iso15434-06";
    const bool pharmacy = label.has("9N");
    const bool issued = label.has("25S");  // our own labels name the maker here
    for (const Record& record : records) {
        const std::string_view identifier = record.identifier;
        if (identifier == "1V" && issued) {
            fields.text("manufacturer", record.data);
        } else if (identifier == "D" && pharmacy) {
            fields.text("expiry", record.data);
        } else {
            put_standard(record, fields);
        }
    }
    // Some makers write their lot where the customer's belongs; 21P is Ericsson's R-state.
    if (!fields.has("lot")) {
        if (const Record* lot = label.find("T")) fields.text("lot", lot->data);
    }
    if (!fields.has("revision")) {
        if (const Record* state = label.find("21P")) fields.text("revision", state->data);
    }
    if (label.has("P") && label.has("1P") && label.has("Q") && records.size() == 3) {
        fields.text("label_kind", "packing_list_line");
    }
    if (pharmacy) {
        fields.text("kind", "not_electronics");
        fields.warn("content.not-electronics", "this is the label of a medicine");
    } else if (records.size() > 3) {
        fields.require({"mpn", "quantity", "lot", "date_code"});
    }
}

}  // namespace

void apply_records(Records records, std::string_view envelope, const ProfileSet& profiles,
                   ParsedLabel& result) {
    FieldReader fields(result);
    for (const Record& record : records) fields.keep(record.identifier, record.data);
    const Label label(records);
    if (const Profile* profile = whose(label, envelope, profiles)) {
        read_profile(label, records, *profile, result, fields);
    } else {
        read_standard(label, records, result, fields);
    }
    if (label.has("33L") || label.has("34L")) {
        fields.warn("content.url", "the label holds a web address; it was not opened");
    }
}

void apply_single_record(const Record& record, ParsedLabel& result) {
    FieldReader fields(result);
    result.format = "di";
    fields.keep(record.identifier, record.data);
    if (record.identifier == "L") {
        fields.text("lot", record.data);  // a storage location by the standard, a lot on reels
    } else {
        put_standard(record, fields);
    }
}

}  // namespace reelproof::vision
