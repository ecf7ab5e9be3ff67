// Who is where: all clients are in the lobby, and may go into the kitchen too. When one comes into
// a room, or disconnects, those in it are told who is there now. (`leave` shows in the next list
// only: there is no handler for it.) Clients connect to ws://127.0.0.1:3000/ws and send:
//
//   {"event": "authenticate", "data": {"name": "ada"}}
//   {"event": "join", "data": {"rooms": ["kitchen"]}}

#include <boost/describe.hpp>
#include <boost/lexical_cast.hpp>

#include <cresset/server.hpp>
#include <exception>
#include <iostream>
#include <set>
#include <string>

struct credentials
{
    std::string name;
};
BOOST_DESCRIBE_STRUCT(credentials, (), (name))

struct presence
{
    std::string room;
    std::set<std::string> names; // once each, from however many windows
};
BOOST_DESCRIBE_STRUCT(presence, (), (room, names))

// The whole list each time: it is true by itself, whatever a client has heard or missed before.
void tell(cresset::server& house, const std::string& room)
{
    presence now{room, {}};
    for (const cresset::client_info& client : house.clients_by_room(room))
        now.names.insert(client.user_id.value_or(""));
    house.send_to_room(room, "present", now);
}

int main(int argc, char** argv)
try {
    cresset::server_options options;
    options.default_rooms = {"lobby"};
    options.threads = 1; // or a list could overtake a newer one of another thread
    if (argc > 1)
        options.port = boost::lexical_cast<std::uint16_t>(argv[1]);

    const std::set<std::string> rooms{"lobby", "kitchen"};
    cresset::server* house = nullptr;
    cresset::handlers handlers;
    handlers.authenticate = [](const cresset::authenticate_request& request) {
        return cresset::identity(request.data_as<credentials>().name);
    };
    handlers.client_connected = [&house](const cresset::client&) { tell(*house, "lobby"); };
    handlers.validate_room = [&house, &rooms](const cresset::join_request& request,
                                              cresset::reply<cresset::allowed_rooms> answer) {
        cresset::allowed_rooms allowed = request.rooms;
        std::erase_if(allowed, [&rooms](const auto& room) { return !rooms.contains(room); });
        answer.accept(allowed); // from here on the client is in them
        for (const std::string& room : std::set(allowed.begin(), allowed.end()))
            tell(*house, room);
    };
    handlers.client_disconnected = [&house, &rooms](const cresset::client& client) {
        if (!client.has_user())
            return; // it has never been in
        for (const std::string& room : rooms)
            tell(*house, room);
    };

    cresset::server server(options, handlers);
    house = &server;
    server.start();
    std::cout << "The house is ready: " << server.url() << " (Enter ends it)" << std::endl;
    std::cin.get();
    server.stop();
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
