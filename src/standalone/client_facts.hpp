#pragma once

#include <boost/json/object.hpp>

#include <cresset/client.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::standalone {

// What the server knows of a client beyond its user: kept as its metadata.
struct client_facts
{
    boost::json::object claims;        // of its token
    std::vector<std::string> may_join; // patterns of rooms that its token allows, beside the rules
    std::vector<std::string> joins;    // rooms that it is in from the beginning
};

boost::json::value to_metadata(const client_facts& facts);
client_facts read_metadata(const boost::json::value& metadata);

// What patterns ask of a client, as text. Its metadata is read at the first question about it. For
// the length of a call.
class client_values
{
public:
    explicit client_values(const client& of) noexcept : client_(of) {}

    // "user_id", or a claim that is text or a whole number.
    std::optional<std::string> find(std::string_view name);

    const client_facts& facts() &;
    const client_facts& facts() && = delete; // it would not outlive the question

private:
    const client& client_;
    std::optional<client_facts> facts_;
};

} // namespace cresset::standalone
