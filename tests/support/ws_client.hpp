#pragma once

#include "base/client_id.hpp"
#include "support/sockets.hpp"
#include "support/ws_client_frames.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cresset::tests {

// A frame of the server.
struct server_frame
{
    ws::opcode op = ws::opcode::continuation; // a server never sends one: nothing was received
    std::string payload;
    bool deflated = false; // RSV1

    // Of a close frame; 1005 if it has none (RFC 6455, section 7.1.5).
    unsigned close_code() const
    {
        if (op != ws::opcode::close || payload.size() < 2)
            return 1005;
        return static_cast<unsigned>(static_cast<unsigned char>(payload[0])) << 8 |
               static_cast<unsigned char>(payload[1]);
    }
    std::string close_reason() const { return payload.size() > 2 ? payload.substr(2) : ""; }
};

// The client's side of a WebSocket after its handshake, blocking: a test says what happens next.
// What does not come within 20 s is an empty frame or text.
class ws_client
{
public:
    explicit ws_client(peer_socket s) : socket(std::move(s)) {}

    bool send_text(std::string_view text) { return send_frame(ws::opcode::text, text); }
    bool send_frame(ws::opcode op, std::string_view payload = {})
    {
        return socket.send(client_frame(op, payload));
    }

    // An event with its data as JSON.
    bool emit(std::string_view event, std::string_view data = {})
    {
        std::string text = "{\"event\":\"" + std::string(event) + '"';
        if (!data.empty())
            text.append(",\"data\":").append(data);
        return send_text(text + '}');
    }

    server_frame next()
    {
        const std::string head = socket.receive(2);
        if (head.size() < 2)
            return {};
        std::uint64_t size = static_cast<unsigned char>(head[1]);
        if (size >= 126) {
            const std::string extended = socket.receive(size == 126 ? 2 : 8);
            size = 0;
            for (const char c : extended)
                size = size << 8 | static_cast<unsigned char>(c);
        }
        return {static_cast<ws::opcode>(head[0] & 0x0f),
                socket.receive(static_cast<std::size_t>(size)), (head[0] & ws::rsv1) != 0};
    }

    // The next frame's text; something else's description.
    std::string text()
    {
        server_frame frame = next();
        if (frame.op == ws::opcode::text)
            return std::move(frame.payload);
        if (frame.op == ws::opcode::close)
            return "close " + std::to_string(frame.close_code()) + ' ' + frame.close_reason();
        return "opcode " + std::to_string(static_cast<int>(frame.op)) + ' ' + socket.end();
    }

    // Answers the close frame that has come, and takes the end of the connection.
    // "finished" is how it should end.
    std::string answer_close()
    {
        socket.send(client_close_frame(1000));
        return end();
    }

    // How the connection ends: "finished" if in good order and without another byte.
    std::string end()
    {
        const std::string more = socket.receive_all();
        return more.empty() ? socket.end() : "more bytes: " + more;
    }

    peer_socket socket;
    base::client_id id{}; // once it is known
};

} // namespace cresset::tests
