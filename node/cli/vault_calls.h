// Commands of the vault that are one call to the node: lists, and acts upon one thing by its id;
// and how members of answers are written for people. Single-threaded.
#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "node/cli/cli.h"

namespace reelproof::node {

// A member as people read it; empty when absent.
std::string text_of(const boost::json::object& object, std::string_view name);
std::string time_of(const boost::json::object& object, std::string_view name);
std::uint64_t count_of(const boost::json::object& object, std::string_view name);

// A document of the vault with its versions. Defined in vault_commands.cc.
std::string document_text(const boost::json::object& document);

// How an object of an answer is shown.
using Shown = std::string (*)(const boost::json::object&);

// GET `path`; the objects in its `member`, each as `shown`.
void add_vault_list(CommandLine& cli, CLI::App* parent, const std::string& name,
                    const std::string& help, const std::string& path, const std::string& member,
                    Shown shown);
// POST `path`<ID>/`name`.
enum class Reason { none, optional, needed };
struct VaultAct {
    std::string name, help, path;
    Reason reason = Reason::none;
    std::string sure{};  // what can't be taken back: asked before it is done
};
void add_vault_act(CommandLine& cli, CLI::App* parent, const VaultAct& act, Shown shown);

}  // namespace reelproof::node
