#pragma once

#include "support/sockets.hpp"
#include "support/ws_client.hpp"

#include <cresset/server.hpp>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace cresset::tests {

// A free port, two threads, because one hides what goes wrong between them, and no log.
inline server_options quiet()
{
    server_options options;
    options.port = 0;
    options.threads = 2;
    options.log_level = log_level::off;
    return options;
}

// The credentials are {"token"}, which is the user id; everybody may join everything.
inline handlers by_token()
{
    handlers h;
    h.authenticate = [](const authenticate_request& request) {
        return identity(request.data_as<std::map<std::string, std::string>>().at("token"));
    };
    h.validate_room = [](const join_request& request) { return request.rooms; };
    return h;
}

inline peer_socket dial(std::uint16_t port, const char* host = "127.0.0.1")
{
    descriptor socket(check_call(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, host, &address.sin_addr);
    check_call(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address),
               "connect");
    return peer_socket(std::move(socket));
}

// Asks for a WebSocket. The head of the answer, as far as it came. more: lines of the request.
inline std::string ask_for_upgrade(peer_socket& socket, std::string_view path = "/ws",
                                   std::string_view more = {})
{
    socket.send("GET " + std::string(path) +
                " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                std::string(more) + "\r\n");
    std::string head;
    while (!head.ends_with("\r\n\r\n")) {
        const std::string byte = socket.receive(1);
        if (byte.empty())
            break;
        head += byte;
    }
    return head;
}

// A client of a running server, connected by TCP and upgraded.
inline ws_client connect(const server& to)
{
    peer_socket socket = dial(to.port());
    const std::string head = ask_for_upgrade(socket);
    if (!head.starts_with("HTTP/1.1 101 ") || !head.ends_with("\r\n\r\n"))
        throw std::runtime_error("no WebSocket: " + head);
    return ws_client(std::move(socket));
}

// One that has been told that it is authenticated, and knows its id.
inline ws_client login(const server& to, const std::string& token)
{
    ws_client client = connect(to);
    client.emit("authenticate", "{\"token\":\"" + token + "\"}");
    const auto told = parse_json(client.text()).as_object();
    client.id = *client_id::parse(std::string(told.at("data").at("id").as_string()));
    return client;
}

} // namespace cresset::tests
