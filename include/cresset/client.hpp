#pragma once

#include <chrono>
#include <cresset/client_id.hpp>
#include <cresset/constants.hpp>
#include <cresset/export.hpp>
#include <cresset/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cresset {

namespace base {
class ip_address;
}

// Who a client turned out to be: the answer to `authenticate`.
struct identity
{
    std::optional<std::string> user_id;

    // Kept with the client, for the application alone; anything that boost::json::value_from takes.
    boost::json::value metadata;

    identity() = default;
    identity(std::string user) : user_id(std::move(user)) {}
    template <typename Metadata>
    identity(std::string user, const Metadata& data)
        : user_id(std::move(user)), metadata(boost::json::value_from(data))
    {}
};

// A client, as a handler sees it: valid during the call.
class client
{
public:
    client(const client_id& id, std::optional<std::string_view> user_id,
           const boost::json::value* metadata, bool encrypted,
           const base::ip_address* address = nullptr) noexcept
        : id_(id), user_id_(user_id), metadata_(metadata), encrypted_(encrypted), address_(address)
    {}

    const client_id& id() const noexcept { return id_; }

    // Empty if it has none.
    std::string_view user_id() const noexcept { return user_id_.value_or(std::string_view()); }

    // Whether `authenticate` named a user, if only an empty one, which can't be sent to.
    bool has_user() const noexcept { return user_id_.has_value(); }

    // What `authenticate` gave; null if nothing, or if the client has not authenticated.
    boost::json::value metadata() const { return metadata_ ? *metadata_ : boost::json::value(); }

    // Throws data_error if it doesn't fit.
    template <typename T>
    T metadata_as() const
    {
        return value_as<T>(metadata());
    }

    bool encrypted() const noexcept { return encrypted_; }

    // Where it connects from: "203.0.113.9", "2001:db8::9". Of a client behind a trusted proxy, its
    // own (server_options::trusted_proxies). Made anew by each call.
    CRESSET_EXPORT std::string address() const;

private:
    const client_id& id_;
    std::optional<std::string_view> user_id_;
    const boost::json::value* metadata_;
    bool encrypted_;
    const base::ip_address* address_;
};

// What was true of a client at one moment.
struct client_info
{
    client_id id;
    std::optional<std::string> user_id;
    client_state state = client_state::unauthorized;
    bool encrypted = false;
    std::string address; // see client::address
    std::vector<std::string>
        rooms; // in no order; with its own, named by its id, once authenticated
    boost::json::value metadata;
    std::chrono::system_clock::time_point connected_at;
    std::chrono::system_clock::time_point last_activity; // the last message, to a millisecond

    template <typename T>
    T metadata_as() const
    {
        return value_as<T>(metadata);
    }
};

} // namespace cresset
