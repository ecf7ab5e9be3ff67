#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The names and values of the protocol: the reference's, so that both ends can be read side by
// side.
namespace cresset {

// WebSocketEvents
namespace events {

inline constexpr std::string_view authenticate = "authenticate";
inline constexpr std::string_view connected = "connected";
inline constexpr std::string_view disconnect = "disconnect";
inline constexpr std::string_view join = "join";
inline constexpr std::string_view leave = "leave";
inline constexpr std::string_view error = "error";
inline constexpr std::string_view heartbeat = "heartbeat";
inline constexpr std::string_view encrypted = "encrypted";

// Cresset's own, for clients that ask for them by a capability: what was dropped for the client,
// when to connect elsewhere, and the key of a room.
inline constexpr std::string_view gap = "gap";
inline constexpr std::string_view reconnect = "reconnect";
inline constexpr std::string_view room_key = "room-key";

inline constexpr std::array all{authenticate, connected, disconnect, join,
                                leave,        error,     heartbeat,  encrypted};

// Whether the name is the protocol's own.
constexpr bool is_valid(std::string_view name) noexcept
{
    return std::find(all.begin(), all.end(), name) != all.end();
}

} // namespace events

// WebSocketChannels: where nodes meet in Redis
namespace channels {

inline constexpr std::string_view broadcast = "ws:broadcast";
inline constexpr std::string_view room_prefix = "ws:room:";
inline constexpr std::string_view client_prefix = "ws:client:";
inline constexpr std::string_view user_prefix = "ws:user:";

inline std::string for_room(std::string_view room)
{
    return std::string(room_prefix).append(room);
}
inline std::string for_client(std::string_view client)
{
    return std::string(client_prefix).append(client);
}
inline std::string for_user(std::string_view user)
{
    return std::string(user_prefix).append(user);
}

} // namespace channels

// WebSocketDefaults
namespace defaults {

inline constexpr std::string_view path = "/ws";
inline constexpr std::string_view room = "ws-default";
inline constexpr std::string_view notification_room = "ws-notification";
inline constexpr std::size_t max_payload_length = 128 * 1024; // bytes
inline constexpr std::chrono::seconds idle_timeout{60};
inline constexpr std::size_t backpressure_limit = 1024 * 1024; // bytes
inline constexpr bool send_pings = true;
inline constexpr bool publish_to_self = false;
inline constexpr std::chrono::milliseconds auth_timeout{5'000};
inline constexpr std::chrono::milliseconds heartbeat_interval{30'000};
inline constexpr std::chrono::milliseconds heartbeat_timeout{90'000};
inline constexpr std::size_t encrypted_batch_limit = 10;

} // namespace defaults

// WebSocketMessageTypes
namespace message_types {

inline constexpr std::string_view client = "client";
inline constexpr std::string_view user = "user";
inline constexpr std::string_view room = "room";
inline constexpr std::string_view broadcast = "broadcast";

constexpr bool is_valid(std::string_view type) noexcept
{
    return type == client || type == user || type == room || type == broadcast;
}

} // namespace message_types

// WebSocketClientStates
enum class client_state : std::uint8_t
{
    unauthorized,
    authenticating,
    authenticated,
    disconnected
};

namespace client_states {

inline constexpr std::array<std::string_view, 4> names{"unauthorized", "authenticating",
                                                       "authenticated", "disconnected"};

constexpr std::string_view name_of(client_state state) noexcept
{
    return names[static_cast<std::size_t>(state)];
}

constexpr bool is_valid(std::string_view name) noexcept
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace client_states

// The codes with which a server closes a client.
namespace close_codes {

inline constexpr std::uint16_t normal = 1000;
inline constexpr std::uint16_t going_away = 1001;      // the server stops
inline constexpr std::uint16_t service_restart = 1012; // the server stops, others go on
inline constexpr std::uint16_t authentication_timeout = 4001;
inline constexpr std::uint16_t heartbeat_timeout = 4002;
inline constexpr std::uint16_t authentication_failed = 4003;
inline constexpr std::uint16_t encryption_required = 4004;
inline constexpr std::uint16_t token_expired = 4005;

// What an application may close with: RFC 6455, section 7.4.2, and the two codes of its own that
// suit a server.
constexpr bool is_valid(std::uint16_t code) noexcept
{
    return code == normal || code == going_away || (code >= 3000 && code <= 4999);
}

} // namespace close_codes

} // namespace cresset
