// Structs in place of JSON: the credentials of a client are read as one, and the account that they
// stand for, kept with the client as its metadata, is another. Editors may announce something to
// everybody. Clients connect to ws://127.0.0.1:3000/ws and send:
//
//   {"event": "authenticate", "data": {"token": "blue-heron"}}
//   {"event": "announce", "data": {"text": "It is open"}}
//
// The token "red-kite" is not an editor's. Others, and credentials of another shape, are refused.

#include <boost/describe.hpp>
#include <boost/lexical_cast.hpp>

#include <cresset/server.hpp>
#include <exception>
#include <iostream>
#include <map>
#include <optional>
#include <string>

struct credentials
{
    std::string token;
};
BOOST_DESCRIBE_STRUCT(credentials, (), (token))

struct account
{
    std::string name;
    bool is_editor;
};
BOOST_DESCRIBE_STRUCT(account, (), (name, is_editor))

struct announcement
{
    std::string text;
};
BOOST_DESCRIBE_STRUCT(announcement, (), (text))

// Credentials that don't fit throw, which refuses the client as well.
std::optional<cresset::identity> authenticate(const cresset::authenticate_request& request)
{
    static const std::map<std::string, account> accounts{
        {"blue-heron", {"ada", true}},
        {"red-kite", {"bob", false}},
    };
    const auto found = accounts.find(request.data_as<credentials>().token);
    if (found == accounts.end())
        return std::nullopt;
    return cresset::identity(found->second.name, found->second);
}

int main(int argc, char** argv)
try {
    cresset::server_options options;
    if (argc > 1)
        options.port = boost::lexical_cast<std::uint16_t>(argv[1]);

    cresset::server* office = nullptr;
    cresset::handlers handlers;
    handlers.authenticate = authenticate;
    handlers.message = [&office](const cresset::message& message) {
        const auto sender = message.client.metadata_as<account>();
        if (message.event == "announce" && sender.is_editor)
            office->broadcast("announced", message.data_as<announcement>());
        else
            office->send_to_client(message.client.id(), "refused", message.event);
    };

    cresset::server server(options, handlers);
    office = &server;
    server.start();
    std::cout << "The office is ready: " << server.url() << " (Enter ends it)" << std::endl;
    std::cin.get();
    server.stop();
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
