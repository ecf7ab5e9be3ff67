// HTTP on the port of the WebSocket: what is posted there reaches all readers, and a list has their
// names. Try it with
//
//   curl http://127.0.0.1:3000/readers
//   curl -d '{"text": "It rains"}' http://127.0.0.1:3000/news
//
// Readers connect to ws://127.0.0.1:3000/ws and send:
//
//   {"event": "authenticate", "data": {"name": "ada"}}

#include <boost/describe.hpp>
#include <boost/lexical_cast.hpp>

#include <cresset/server.hpp>
#include <exception>
#include <iostream>
#include <string>

struct credentials
{
    std::string name;
};
BOOST_DESCRIBE_STRUCT(credentials, (), (name))

struct news
{
    std::string text;
};
BOOST_DESCRIBE_STRUCT(news, (), (text))

cresset::http::response answer(unsigned status, const boost::json::value& value)
{
    cresset::http::response response;
    response.status = status;
    response.content_type = "application/json";
    response.body = cresset::write_json(value);
    return response;
}

// Who is there at this moment: the next one may be different.
cresset::http::response list_readers(const cresset::server& server)
{
    boost::json::array names;
    for (const cresset::client_info& client : server.clients_by_room("readers"))
        names.emplace_back(client.user_id.value_or(""));
    return answer(200, names);
}

cresset::http::response publish(cresset::server& server, const cresset::http::request& request)
try {
    const auto posted = cresset::value_as<news>(cresset::parse_json(request.body));
    const auto sent = server.send_to_room("readers", "news", posted);
    return answer(200, {{"readers", sent.recipients}});
} catch (const cresset::data_error& error) {
    return answer(400, {{"error", error.what()}});
}

int main(int argc, char** argv)
try {
    cresset::server_options options;
    options.default_rooms = {"readers"}; // where everybody is
    if (argc > 1)
        options.port = boost::lexical_cast<std::uint16_t>(argv[1]);

    cresset::handlers handlers;
    handlers.authenticate = [](const cresset::authenticate_request& request) {
        return cresset::identity(request.data_as<credentials>().name);
    };

    cresset::server server(options, handlers);
    server.http("GET", "/readers", [&server](const auto&) { return list_readers(server); });
    server.http("POST", "/news", [&server](const auto& posted) { return publish(server, posted); });
    server.start();
    std::cout << "The news desk is ready: " << server.url() << " (Enter ends it)" << std::endl;
    std::cin.get();
    server.stop();
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
