#pragma once

#include "http/request.hpp"
#include "http/response.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace cresset::http {

using handler = std::function<response(const request&)>;

// Finds the handler for a request by its method and exact path, and answers for those that have
// none: 404, or 405 with Allow where other methods are served.
//
// Filled by one thread while starting up and unchanged from then on; route may be called from any
// thread, and calls the handler on it. What handlers refer to must outlive the router.
class router
{
public:
    // Hears of handlers that threw, to log it: the client is told nothing but 500.
    using failure_listener = std::function<void(const request&, std::string_view what)>;

    explicit router(failure_listener on_failure = {});

    // Once for each pair of method and path, else throws std::invalid_argument. GET serves HEAD
    // too, unless HEAD has its own.
    void add(std::string method, std::string path, handler serve);

    bool has_path(std::string_view path) const { return paths_.contains(path); }

    // Always answers, also if the handler throws. The answer to HEAD has the body of GET's, to be
    // counted and left out by serialize.
    response route(const request& asked) const;

private:
    using methods = std::map<std::string, handler, std::less<>>;

    response call(const handler& serve, const request& asked) const;

    failure_listener on_failure_;
    std::map<std::string, methods, std::less<>> paths_;
};

} // namespace cresset::http
