#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cresset::protocol {

// The data of `authenticate`: credentials, any object. What is in them is the application's
// business; who it is that comes may stand in `userId`.
struct authenticate_request
{
    std::string_view credentials;       // raw; "{}" where there was no data
    std::optional<std::string> user_id; // absent if `userId` is no string
};

// `raw_data` is the data of an event_view, and must outlive the request.
authenticate_request read_authenticate_request(std::string_view raw_data);

} // namespace cresset::protocol
