// An echo: every event that a client sends comes back to it, with the name and the data that it
// had. Everybody may come in. Clients connect to ws://127.0.0.1:3000/ws and send:
//
//   {"event": "authenticate"}
//   {"event": "anything", "data": {"of": ["any", "shape"]}}

#include <boost/lexical_cast.hpp>

#include <cresset/server.hpp>
#include <exception>
#include <iostream>
#include <string>

// JSON text is sent as it came, not read and written again; an event may also have no data.
cresset::payload same_data(const cresset::message& message)
{
    if (message.data().empty())
        return {};
    return cresset::raw_json{std::string(message.data())};
}

int main(int argc, char** argv)
try {
    cresset::server_options options;
    if (argc > 1)
        options.port = boost::lexical_cast<std::uint16_t>(argv[1]);

    cresset::server* echo = nullptr;
    cresset::handlers handlers;
    handlers.authenticate = [](const cresset::authenticate_request&) {
        return cresset::identity();
    };
    handlers.message = [&echo](const cresset::message& message) {
        echo->send_to_client(message.client.id(), message.event, same_data(message));
    };

    cresset::server server(options, handlers);
    echo = &server;
    server.start();
    std::cout << "The echo is ready: " << server.url() << " (Enter ends it)" << std::endl;
    std::cin.get();
    server.stop();
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
