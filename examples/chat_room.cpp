// A chat: clients authenticate with a name, join rooms that begin with "chat-", and what one says
// in a room reaches the others in it. Open http://127.0.0.1:3000/ to see who is in the lobby.
// Clients connect to ws://127.0.0.1:3000/ws and send:
//
//   {"event": "authenticate", "data": {"name": "ada"}}
//   {"event": "join", "data": {"rooms": ["chat-lobby"]}}
//   {"event": "say", "data": {"room": "chat-lobby", "text": "Hello"}}

#include <boost/describe.hpp>
#include <boost/lexical_cast.hpp>

#include <algorithm>
#include <cresset/server.hpp>
#include <exception>
#include <iostream>
#include <string>

struct credentials
{
    std::string name;
};
BOOST_DESCRIBE_STRUCT(credentials, (), (name))

struct saying
{
    std::string room;
    std::string text;
};
BOOST_DESCRIBE_STRUCT(saying, (), (room, text))

// Asked before publish, which lets a client speak in any room.
bool is_in(const cresset::server& chat, const cresset::client& client, const std::string& room)
{
    const auto info = chat.client(client.id());
    return info && std::ranges::find(info->rooms, room) != info->rooms.end();
}

int main(int argc, char** argv)
try {
    cresset::server_options options;
    if (argc > 1)
        options.port = boost::lexical_cast<std::uint16_t>(argv[1]);

    cresset::server* chat = nullptr;
    cresset::handlers handlers;
    // Without a name, the credentials don't fit, and the client is refused.
    handlers.authenticate = [](const cresset::authenticate_request& request) {
        return cresset::identity(request.data_as<credentials>().name);
    };
    handlers.validate_room = [](const cresset::join_request& request) {
        cresset::allowed_rooms allowed = request.rooms;
        std::erase_if(allowed, [](const auto& room) { return !room.starts_with("chat-"); });
        return allowed;
    };
    handlers.message = [&chat](const cresset::message& message) {
        if (message.event != "say")
            return;
        const auto [room, text] = message.data_as<saying>();
        if (is_in(*chat, message.client, room))
            chat->publish(message.client.id(), room, "said",
                          boost::json::object{{"by", message.client.user_id()}, {"text", text}});
    };

    cresset::server server(options, handlers);
    chat = &server;
    server.http("GET", "/", [&server](const cresset::http::request&) {
        cresset::http::response page;
        for (const cresset::client_info& client : server.clients_by_room("chat-lobby"))
            page.body += client.user_id.value_or("somebody") + " is in the lobby\n";
        return page;
    });
    server.start();
    std::cout << "The chat is ready: " << server.url() << " (Enter ends it)" << std::endl;
    std::cin.get();
    server.stop();
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
