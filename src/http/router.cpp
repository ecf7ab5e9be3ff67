#include "http/router.hpp"

#include <cassert>
#include <exception>
#include <stdexcept>
#include <utility>

namespace cresset::http {
namespace {

template <class Methods>
const handler* find_handler(const Methods& served, std::string_view method)
{
    auto found = served.find(method);
    if (found == served.end() && method == "HEAD")
        found = served.find("GET");
    return found == served.end() ? nullptr : &found->second;
}

// "GET, HEAD, POST": RFC 9110, section 10.2.1.
template <class Methods>
std::string list_of(const Methods& served)
{
    std::string list;
    const auto append = [&list](std::string_view method) {
        list.append(list.empty() ? "" : ", ").append(method);
    };
    for (const auto& [method, serve] : served) {
        append(method);
        if (method == "GET" && !served.contains("HEAD"))
            append("HEAD");
    }
    return list;
}

} // namespace

router::router(failure_listener on_failure) : on_failure_(std::move(on_failure)) {}

void router::add(std::string method, std::string path, handler serve)
{
    assert(serve != nullptr);
    const auto entry = paths_.try_emplace(std::move(path)).first;
    methods& served = entry->second;
    if (served.contains(method))
        throw std::invalid_argument(method + " " + entry->first + " has a handler already");
    served.emplace(std::move(method), std::move(serve));
}

response router::route(const request& asked) const
{
    const auto found = paths_.find(asked.path());
    if (found == paths_.end())
        return error_response(404, "nothing is served at this path");
    if (const handler* serve = find_handler(found->second, asked.method))
        return call(*serve, asked);
    response answer = error_response(405, "this path does not serve this method");
    answer.headers.push_back({"Allow", list_of(found->second)});
    return answer;
}

response router::call(const handler& serve, const request& asked) const
{
    const auto tell = [&](std::string_view what) {
        if (on_failure_)
            on_failure_(asked, what);
    };
    try {
        return serve(asked);
    } catch (const std::exception& failure) {
        tell(failure.what());
    } catch (...) {
        tell("not a std::exception");
    }
    return error_response(500, "the request could not be handled");
}

} // namespace cresset::http
