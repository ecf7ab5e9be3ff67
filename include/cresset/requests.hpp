#pragma once

#include <cresset/client.hpp>
#include <cresset/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace cresset {

// Data that a client sent: raw, or as a type.
class client_data
{
public:
    // raw is JSON text, or empty.
    explicit client_data(std::string_view raw) noexcept : raw_(raw) {}

    // JSON text as it came in, byte for byte; empty if there was none.
    std::string_view data() const noexcept { return raw_; }

    // Throws data_error if it doesn't fit.
    template <typename T>
    T data_as() const
    {
        return value_as<T>(parse_json(raw_));
    }

private:
    std::string_view raw_;
};

// `authenticate`: data is the credentials, "{}" where the client sent none.
struct authenticate_request : client_data
{
    cresset::client client;

    // The subject of the client's TLS certificate, which was verified: "CN=sensor 7,O=Example", as
    // RFC 2253 writes it. Empty without one.
    std::string_view certificate_subject;

    authenticate_request(const cresset::client& who, std::string_view raw,
                         std::string_view subject = {}) noexcept
        : client_data(raw), client(who), certificate_subject(subject)
    {}
};

// `join`: rooms are well-formed names, at least one. The answer is those that the client may have.
struct join_request
{
    cresset::client client;
    const std::vector<std::string>& rooms;
};

using allowed_rooms = std::vector<std::string>;

// An event of the application, from an authenticated client.
struct message : client_data
{
    cresset::client client;
    std::string_view event;
    std::string_view id; // the envelope's, empty if it has none

    message(const cresset::client& from, std::string_view name, std::string_view raw,
            std::string_view envelope_id) noexcept
        : client_data(raw), client(from), event(name), id(envelope_id)
    {}
};

// The key exchange, where encryption is required: data is the credentials once more.
struct handshake_request : client_data
{
    cresset::client client;

    handshake_request(const cresset::client& who, std::string_view raw) noexcept
        : client_data(raw), client(who)
    {}
};

// What the client gets with `connected` to derive its key from, both base64.
struct handshake_result
{
    std::string server_public_key;
    std::string salt;
};

// A message on its way to one encrypted client.
struct outbound_message : client_data
{
    cresset::client client;
    std::string_view event;

    outbound_message(const cresset::client& to, std::string_view name,
                     std::string_view raw) noexcept
        : client_data(raw), client(to), event(name)
    {}
};

// What is sent in its place.
struct replacement
{
    std::string event;
    std::string data; // JSON text, empty for none: trusted to be that, not checked for each client
};

} // namespace cresset
