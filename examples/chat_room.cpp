// A chat: clients authenticate with a name, join rooms that begin with "chat-", and what one says
// reaches the others. Open http://127.0.0.1:3000/ to see who is there.
//
//   {"event": "authenticate", "data": {"name": "ada"}}
//   {"event": "join", "data": {"rooms": ["chat-lobby"]}}
//   {"event": "say", "data": {"room": "chat-lobby", "text": "Hello"}}

#include <boost/describe.hpp>

#include <algorithm>
#include <cresset/server.hpp>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <limits>
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

int main(int argc, char** argv)
{
    cresset::server_options options;
    if (argc > 1)
        options.port = static_cast<std::uint16_t>(std::atoi(argv[1]));

    cresset::server* chat = nullptr;
    cresset::handlers handlers;
    // Without a name, the credentials don't fit, and the client is refused.
    handlers.authenticate = [](const cresset::authenticate_request& request) {
        return cresset::identity(request.data_as<credentials>().name);
    };
    handlers.validate_room = [](const cresset::join_request& request) {
        cresset::allowed_rooms allowed;
        std::ranges::copy_if(request.rooms, std::back_inserter(allowed),
                             [](const auto& room) { return room.starts_with("chat-"); });
        return allowed;
    };
    handlers.message = [&chat](const cresset::message& message) {
        if (message.event != "say")
            return;
        const auto said = message.data_as<saying>();
        chat->publish(message.client.id(), said.room, "said",
                      boost::json::object{{"by", message.client.user_id()}, {"text", said.text}});
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
    std::cout << "The chat is ready: " << server.url() << std::endl;
    std::cin.ignore(std::numeric_limits<std::streamsize>::max()); // until the input ends
    server.stop();
}
