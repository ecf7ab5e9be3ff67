#pragma once

#include <cresset/client.hpp>
#include <cresset/reply.hpp>
#include <cresset/requests.hpp>

namespace cresset::standalone {

// Who a client is. Called on the thread of its shard; the answer may come later, from any.
class authentication
{
public:
    virtual ~authentication() = default;
    virtual void authenticate(const authenticate_request& request, reply<identity> answer) = 0;
};

// Everybody, as the user that `userId` of the credentials names.
class open_authentication final : public authentication
{
public:
    void authenticate(const authenticate_request& request, reply<identity> answer) override;
};

} // namespace cresset::standalone
