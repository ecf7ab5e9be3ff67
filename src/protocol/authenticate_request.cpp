#include "protocol/authenticate_request.hpp"

#include "protocol/json_member.hpp"

namespace cresset::protocol {

authenticate_request read_authenticate_request(std::string_view raw_data)
{
    return {raw_data.empty() ? "{}" : raw_data, read_string_member(raw_data, "userId")};
}

} // namespace cresset::protocol
