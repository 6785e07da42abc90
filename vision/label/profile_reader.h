// Reads the settings of a label profile out of TOML, and says in words what is wrong with one:
// file, line, setting and reason. Thread safety: one object belongs to one thread.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "vision/label/characters.h"
#include "vision/label/identifiers.h"
#include "vision/label/result.h"
#include "vision/label/shape.h"
#include "vision/label/toml.h"

namespace reelproof::vision {

inline constexpr std::size_t most_entries = 400;  // of a list or table of a profile

// A reader that remembers the first thing that is wrong, and then does nothing more.
class ProfileReader {
  public:
    explicit ProfileReader(std::string file) : file_(std::move(file)) {}

    bool failed() const { return error_.has_value(); }
    const Error& error() const { return *error_; }

    void fail(const toml::node& where, const std::string& field, const std::string& what) {
        if (error_) return;
        error_ =
            Error{"profile.syntax", file_ + ": line " + std::to_string(where.source().begin.line) +
                                        ": " + field + ": " + what};
    }

    // Complains of each member that is not in `known`.
    void only(const toml::table& table, std::initializer_list<std::string_view> known,
              const std::string& field) {
        for (const auto& [key, value] : table) {
            if (std::find(known.begin(), known.end(), key.str()) == known.end()) {
                fail(value, join(field, key.str()), "there is no such setting here");
            }
        }
    }

    static std::string join(const std::string& field, std::string_view member) {
        return field.empty() ? std::string(member) : field + "." + std::string(member);
    }

    void text(const toml::table& table, std::string_view key, std::string& into,
              const std::string& field = {}) {
        const auto* node = table.get(key);
        if (node == nullptr) return;
        if (const auto* value = node->as_string()) {
            into = value->get();
            if (into.size() > 4096) fail(*node, join(field, key), "longer than 4096 characters");
        } else {
            fail(*node, join(field, key), "this has to be a text in quotes");
        }
    }

    void flag(const toml::table& table, std::string_view key, bool& into,
              const std::string& field = {}) {
        const auto* node = table.get(key);
        if (node == nullptr) return;
        if (const auto* value = node->as_boolean()) {
            into = value->get();
        } else {
            fail(*node, join(field, key), "this has to be true or false");
        }
    }

    void number(const toml::table& table, std::string_view key, std::size_t& into, std::size_t most,
                const std::string& field = {}) {
        const auto* node = table.get(key);
        if (node == nullptr) return;
        const auto* value = node->as_integer();
        if (value == nullptr || value->get() < 0 ||
            static_cast<std::uint64_t>(value->get()) > most) {
            fail(*node, join(field, key),
                 "this has to be a number from 0 to " + std::to_string(most));
        } else {
            into = static_cast<std::size_t>(value->get());
        }
    }

    void texts(const toml::table& table, std::string_view key, std::vector<std::string>& into,
               const std::string& field = {}) {
        const auto* node = table.get(key);
        if (node == nullptr) return;
        if (const auto* one = node->as_string()) {
            into = {one->get()};
            return;
        }
        const auto* list = node->as_array();
        if (list == nullptr || list->size() > most_entries) {
            return fail(*node, join(field, key), "this has to be a list of texts");
        }
        for (const toml::node& entry : *list) {
            const auto* value = entry.as_string();
            if (value == nullptr) {
                return fail(entry, join(field, key), "this has to be a list of texts");
            }
            into.push_back(value->get());
        }
    }

    const toml::table* table(const toml::table& in, std::string_view key,
                             const std::string& field = {}) {
        const auto* node = in.get(key);
        if (node == nullptr) return nullptr;
        const auto* found = node->as_table();
        if (found == nullptr || found->size() > most_entries) {
            fail(*node, join(field, key), "this has to be a table of at most 400 entries");
            return nullptr;
        }
        return found;
    }

    // Calls `with(table, field)` for each table of an array of tables.
    template <class With>
    void each(const toml::table& in, std::string_view key, With with,
              const std::string& field = {}) {
        const auto* node = in.get(key);
        if (node == nullptr) return;
        const auto* list = node->as_array();
        if (list == nullptr || list->size() > most_entries) {
            return fail(
                *node, join(field, key),
                "this has to be written as [[" + join(field, key) + "]], at most 400 times");
        }
        for (std::size_t i = 0; i < list->size(); ++i) {
            const auto* entry = (*list)[i].as_table();
            if (entry == nullptr) {
                return fail((*list)[i], join(field, key), "this has to be a table");
            }
            with(*entry, join(field, key) + "[" + std::to_string(i + 1) + "]");
        }
    }

    void shape(const toml::table& table, std::string_view key, Shape& into,
               const std::string& field) {
        const auto* node = table.get(key);
        if (node != nullptr) into = shape_of(*node, join(field, key));
    }

    Shape shape_of(const toml::node& node, const std::string& field) {
        const auto* value = node.as_string();
        if (value == nullptr) {
            fail(node, field, "a shape is a text in quotes");
            return {};
        }
        auto shape = Shape::parse(value->get());
        if (shape) return *std::move(shape);
        fail(node, field, "this is no shape: " + shape.error().text);
        return {};
    }

    std::string field_name(const toml::node& where, const std::string& name,
                           const std::string& field) {
        const bool fine = name.size() <= 40 && std::all_of(name.begin(), name.end(), [](char c) {
                              return is_lower(c) || is_digit(c) || c == '_';
                          });
        if (!fine) {
            fail(where, field, "a field's name has small letters, digits and _: \"" + name + "\"");
        }
        if (!name.empty()) fields_.insert(name);
        return name;
    }

    // All that field_name() has met so far.
    const std::set<std::string, std::less<>>& fields() const { return fields_; }

    std::string identifier(const toml::node& where, const std::string& code,
                           const std::string& field) {
        const auto record = split_record(code);
        if (!record || record->identifier != code) {
            fail(where, field,
                 "\"" + code + "\" is no data identifier: up to three digits and a capital");
        }
        not_secret(where, code, field);
        return code;
    }

    void not_secret(const toml::node& where, const std::string& code, const std::string& field) {
        if (code == "25S") {
            fail(where, field, "25S of a label of ours is a secret, and goes to no field");
        }
    }

  private:
    std::string file_;
    std::optional<Error> error_;
    std::set<std::string, std::less<>> fields_;
};

}  // namespace reelproof::vision
