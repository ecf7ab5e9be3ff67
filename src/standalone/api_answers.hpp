#pragma once

#include <boost/json/object.hpp>

#include <cresset/http.hpp>
#include <string_view>

namespace cresset::standalone {

// An answer of the HTTP API that is no error.
http::response api_answer(const boost::json::object& body);

// {"error": {"code": "forbidden", "message": "..."}}: the code stays as it is, the message is for
// people. docs/http-api.md lists them.
http::response api_error(unsigned status, std::string_view code, std::string_view message);

} // namespace cresset::standalone
