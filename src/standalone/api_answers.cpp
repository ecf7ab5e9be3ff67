#include "standalone/api_answers.hpp"

#include <boost/json/serialize.hpp>

namespace cresset::standalone {
namespace {

http::response json_response(unsigned status, const boost::json::object& body)
{
    return {.status = status,
            .content_type = "application/json",
            .body = boost::json::serialize(body) + '\n',
            .headers = {{"Cache-Control", "no-store"}}};
}

} // namespace

http::response api_answer(const boost::json::object& body)
{
    return json_response(200, body);
}

http::response api_error(unsigned status, std::string_view code, std::string_view message)
{
    return json_response(status, {{"error", {{"code", code}, {"message", message}}}});
}

} // namespace cresset::standalone
