#include "protocol/json_scanner.hpp"
#include "protocol/json_text.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <cresset/json.hpp>

namespace cresset {

boost::json::value parse_json(std::string_view text)
{
    if (text.empty())
        return nullptr;
    boost::json::parse_options options;
    options.max_depth = protocol::json_depth_max;
    boost::json::error_code error;
    boost::json::value value = boost::json::parse({text.data(), text.size()}, error, {}, options);
    if (error)
        throw data_error("the data is no JSON that can be read: " + error.message());
    return value;
}

std::string write_json(const boost::json::value& value)
{
    return boost::json::serialize(value);
}

bool is_json(std::string_view text) noexcept
{
    return protocol::is_json_text(text);
}

} // namespace cresset
