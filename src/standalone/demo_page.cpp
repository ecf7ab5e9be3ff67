#include "standalone/demo_page.hpp"

#include "base/version.hpp"
#include "protocol/json_string.hpp"
#include "standalone/assets.hpp"

#include <string_view>
#include <utility>

namespace cresset::standalone {
namespace {

// Nothing but the page's own files runs, and nobody else's page may frame it.
constexpr std::string_view content_security_policy =
    "default-src 'self'; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'";

http::response file_response(const asset& file)
{
    http::response answer;
    answer.content_type = file.content_type;
    answer.body = file.bytes;
    answer.headers = {{"Content-Security-Policy", std::string(content_security_policy)},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Referrer-Policy", "no-referrer"},
                      {"Cache-Control", "no-cache"}};
    return answer;
}

void append_list(std::string& json, std::string_view name, const std::vector<std::string>& list)
{
    protocol::append_json_string(json, name);
    json += ":[";
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (i != 0)
            json += ',';
        protocol::append_json_string(json, list[i]);
    }
    json += ']';
}

std::string settings_json(const demo_settings& settings)
{
    std::string json = "{\"version\":\"" CRESSET_VERSION "\",\"path\":";
    protocol::append_json_string(json, settings.websocket_path);
    json += ',';
    append_list(json, "join", settings.join);
    json += ',';
    append_list(json, "publish", settings.publish);
    json += '}';
    return json;
}

} // namespace

void add_demo_page(http::router& routes, const demo_settings& settings)
{
    for (const asset& file : demo_assets())
        routes.add("GET", std::string(file.path),
                   [&file](const http::request&) { return file_response(file); });
    routes.add("GET", "/demo.json", [json = settings_json(settings)](const http::request&) {
        return http::response{.content_type = "application/json",
                              .body = json,
                              .headers = {{"Cache-Control", "no-cache"}}};
    });
}

} // namespace cresset::standalone
