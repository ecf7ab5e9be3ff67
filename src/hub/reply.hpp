#pragma once

#include "base/slab.hpp"

#include <optional>
#include <string>
#include <vector>

namespace cresset::hub {

class session;
class shard;

// Names a session from anywhere: a value that may outlive what it names. The hub must be alive.
struct session_address
{
    shard* home;
    base::slab<session>::handle handle;
};

// Who a client turned out to be.
struct identity
{
    std::optional<std::string> user_id;
};

// The answer to an authentication: given once, at once or later, from any thread. Dropped without
// an answer, it rejects; dropped by an exception, it fails. An answer after the client has gone
// does nothing.
class authenticate_reply
{
public:
    explicit authenticate_reply(session_address client) noexcept : client_(client) {}
    authenticate_reply(authenticate_reply&& other) noexcept;
    authenticate_reply& operator=(authenticate_reply&& other) noexcept;
    ~authenticate_reply();

    void accept(identity who);
    void reject(); // wrong credentials
    void fail();   // no verdict could be reached

private:
    std::optional<session_address> client_; // none once answered
};

// The answer to a join: the rooms of those asked for that the client may have. The same terms;
// dropped without an answer, it allows none.
class join_reply
{
public:
    explicit join_reply(session_address client) noexcept : client_(client) {}
    join_reply(join_reply&& other) noexcept;
    join_reply& operator=(join_reply&& other) noexcept;
    ~join_reply() = default;

    void allow(std::vector<std::string> rooms);

private:
    std::optional<session_address> client_; // none once answered
};

} // namespace cresset::hub
