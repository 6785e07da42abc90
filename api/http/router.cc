#include "api/http/router.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "api/http/problem.h"
#include "api/http/text.h"

namespace reelproof::api {
namespace {

constexpr std::array<Method, 7> kAllMethods{Method::get,    Method::head,  Method::post,
                                            Method::put,    Method::patch, Method::delete_,
                                            Method::options};

// One place in the tree of path parts.
struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
    std::unique_ptr<Node> parameter;
    std::unique_ptr<Node> tail;  // never has children
    std::map<Method, std::size_t> routes;
};

enum class PartKind { literal, parameter, tail };
struct PatternPart {
    PartKind kind;
    std::string text;  // the literal, or the name
};

[[noreturn]] void bad_pattern(const std::string& pattern, const char* why) {
    throw std::invalid_argument("route pattern " + pattern + ": " + why);
}

PatternPart parse_part(const std::string& pattern, std::string_view part, bool last) {
    if (part.empty()) bad_pattern(pattern, "an empty part");
    if (part.front() != '{') {
        if (part.find_first_of("{}%?#") != std::string_view::npos)
            bad_pattern(pattern, "a literal part with one of {}%?#");
        return {PartKind::literal, std::string(part)};
    }
    if (part.back() != '}') bad_pattern(pattern, "a '{' without its '}' at the end of the part");
    std::string_view name = part.substr(1, part.size() - 2);
    PartKind kind = PartKind::parameter;
    if (name.ends_with("...")) {
        kind = PartKind::tail;
        name.remove_suffix(3);
        if (!last) bad_pattern(pattern, "a tail that is not the last part");
    }
    if (name.empty() || name.find_first_of("{}.") != std::string_view::npos)
        bad_pattern(pattern, "a part without a plain name");
    return {kind, std::string(name)};
}

std::vector<PatternPart> parse_pattern(const std::string& pattern) {
    std::vector<PatternPart> parts;
    if (!pattern.starts_with('/')) bad_pattern(pattern, "does not start with '/'");
    if (pattern == "/") return parts;
    std::string_view rest = std::string_view(pattern).substr(1), part;
    while (next_part(rest, '/', part))
        parts.push_back(parse_part(pattern, part, rest.data() == nullptr));
    return parts;
}

std::unique_ptr<Node>& ensure(std::unique_ptr<Node>& node) {
    if (!node) node = std::make_unique<Node>();
    return node;
}

Node* child_for(Node& node, const PatternPart& part) {
    switch (part.kind) {
        case PartKind::literal:
            return ensure(node.literals[part.text]).get();
        case PartKind::parameter:
            return ensure(node.parameter).get();
        case PartKind::tail:
            return ensure(node.tail).get();
    }
    throw std::logic_error("router: a part of no kind");
}

// What a tail takes: nothing that could be read as another path once the parts are joined.
std::optional<std::string> join_tail(const std::vector<std::string>& segments, std::size_t from) {
    std::string out;
    for (std::size_t i = from; i < segments.size(); ++i) {
        const std::string& part = segments[i];
        if (part.find('/') != std::string::npos) return std::nullopt;
        if (part.empty() && i + 1 < segments.size()) return std::nullopt;
        if (i > from) out += '/';
        out += part;
    }
    return out;
}

// Walks the tree, best fit first, until a place answers the method; remembers which methods the
// places that fit do answer. The depth is that of the patterns, not of the request.
class Search {
  public:
    Search(Method method, const std::vector<std::string>& segments)
        : method_(method), segments_(segments) {}

    bool visit(const Node& node, std::size_t index) {
        if (index == segments_.size()) return arrive(node);
        const std::string& part = segments_[index];
        const auto literal = node.literals.find(part);
        if (literal != node.literals.end() && visit(*literal->second, index + 1)) return true;
        if (node.parameter && !part.empty()) {
            values_.push_back(part);
            if (visit(*node.parameter, index + 1)) return true;
            values_.pop_back();
        }
        if (node.tail) {
            if (auto rest = join_tail(segments_, index)) {
                values_.push_back(std::move(*rest));
                if (arrive(*node.tail)) return true;
                values_.pop_back();
            }
        }
        return false;
    }

    std::size_t route() const { return route_; }
    std::vector<std::string>& values() { return values_; }
    bool any_method() const {
        return std::any_of(allowed_.begin(), allowed_.end(), [](bool b) { return b; });
    }
    bool allows(Method method) const { return allowed_[static_cast<std::size_t>(method)]; }

  private:
    bool arrive(const Node& node) {
        for (const auto& [method, route] : node.routes)
            allowed_[static_cast<std::size_t>(method)] = true;
        auto found = node.routes.find(method_);
        if (found == node.routes.end() && method_ == Method::head)
            found = node.routes.find(Method::get);
        if (found == node.routes.end()) return false;
        route_ = found->second;
        return true;
    }

    Method method_;
    const std::vector<std::string>& segments_;
    std::vector<std::string> values_;
    std::array<bool, kAllMethods.size()> allowed_{};
    std::size_t route_ = 0;
};

std::string allow_value(const Search& search) {
    std::string out;
    for (Method method : kAllMethods) {
        const bool allowed = search.allows(method) || method == Method::options ||
                             (method == Method::head && search.allows(Method::get));
        if (!allowed) continue;
        if (!out.empty()) out += ", ";
        out += to_string(method);
    }
    return out;
}

}  // namespace

struct Router::Tree {
    Node root;
    std::vector<Route> routes;
    std::vector<std::vector<std::string>> names;  // of each route's pattern, left to right
    Authoriser authoriser;
    Observer observer;
};

Router::Router() : tree_(std::make_unique<Tree>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(Method method, std::string pattern, std::string access, Handler handler,
                 RouteOptions options) {
    if (access.empty()) bad_pattern(pattern, "no access given; kPublicAccess for everyone");
    if (!handler) bad_pattern(pattern, "no handler");
    std::vector<std::string> names;
    Node* node = &tree_->root;
    for (PatternPart& part : parse_pattern(pattern)) {
        node = child_for(*node, part);
        if (part.kind == PartKind::literal) continue;
        if (std::find(names.begin(), names.end(), part.text) != names.end())
            bad_pattern(pattern, "a name twice");
        names.push_back(std::move(part.text));
    }
    if (!node->routes.emplace(method, tree_->routes.size()).second)
        bad_pattern(pattern, "is taken for this method");
    tree_->names.push_back(std::move(names));
    tree_->routes.push_back(
        {method, std::move(pattern), std::move(access), std::move(options), std::move(handler)});
}

void Router::set_authoriser(Authoriser authoriser) {
    tree_->authoriser = std::move(authoriser);
}

void Router::set_observer(Observer observer) {
    tree_->observer = std::move(observer);
}

const std::vector<Route>& Router::routes() const {
    return tree_->routes;
}

RouteMatch Router::match(Method method, const std::vector<std::string>& segments) const {
    RouteMatch out;
    Search search(method, segments);
    if (search.visit(tree_->root, 0)) {
        out.route = &tree_->routes[search.route()];
        const auto& names = tree_->names[search.route()];
        for (std::size_t i = 0; i < names.size(); ++i)
            out.parameters.emplace(names[i], std::move(search.values()[i]));
    } else if (!search.any_method()) {
        out.refusal = Problem(404).detail("There is nothing at this path.").response();
    } else if (method == Method::options) {
        out.refusal = Response::empty();
        out.refusal.headers.set("Allow", allow_value(search));
    } else {
        out.refusal = Problem(405)
                          .detail("This path takes other methods; see the Allow header.")
                          .header("Allow", allow_value(search))
                          .response();
    }
    return out;
}

std::optional<Response> Router::authorise(const Route& route, Request& request) const {
    if (!tree_->authoriser && route.access == kPublicAccess) return std::nullopt;
    if (!tree_->authoriser)
        return Problem(403).detail("This server has no way to tell who you are.").response();
    auto refusal = tree_->authoriser(request, route.access);
    if (refusal) refusal = observed(route, request, std::move(*refusal));
    return refusal;
}

Response Router::answer(const Route& route, const Request& request) const {
    Response response;
    try {
        response = route.handler(request);
    } catch (...) {
        // What it did before it failed is done, and belongs into the account.
        (void)observed(route, request, Response::empty(500));
        throw;
    }
    return observed(route, request, std::move(response));
}

Response Router::observed(const Route& route, const Request& request, Response response) const {
    if (tree_->observer)
        if (auto instead = tree_->observer(route, request, response)) return std::move(*instead);
    return response;
}

Response Router::handle(Request& request) const {
    RouteMatch found = match(request.method, request.segments);
    if (found.route == nullptr) return std::move(found.refusal);
    request.parameters = std::move(found.parameters);
    request.route = found.route->pattern;
    auto refusal = authorise(*found.route, request);
    Response response = refusal ? std::move(*refusal) : answer(*found.route, request);
    if (found.route->options.concise_problems) make_concise(response);
    return response;
}

}  // namespace reelproof::api
