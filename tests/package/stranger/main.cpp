// A program of somebody else, built against what was installed: uses something of every header.
#include <boost/describe.hpp>

#include <cresset/server.hpp>
#include <iostream>
#include <string>

struct credentials
{
    std::string name;
};
BOOST_DESCRIBE_STRUCT(credentials, (), (name))

int main()
{
    try {
        cresset::server({.path = ""}, {});
        return 1;
    } catch (const cresset::option_error& error) { // thrown by the library, caught here
        if (error.option() != "path")
            return 2;
    }
    try {
        cresset::parse_json("{");
        return 3;
    } catch (const cresset::data_error&) {
    }

    cresset::handlers handlers;
    handlers.authenticate = [](const cresset::authenticate_request& request) {
        return cresset::identity(request.data_as<credentials>().name);
    };
    cresset::server server({.port = 0, .log_level = cresset::log_level::off}, handlers);
    server.http("GET", "/hello", [](const cresset::http::request& request) {
        return cresset::http::response{.body = "Hello, " + std::string(request.path()) + "\n"};
    });
    server.start();
    std::cout << server.url() << std::endl;
    std::string line;
    std::getline(std::cin, line); // until the test has looked
    server.broadcast("news", boost::json::object{{"text", line}});
    server.stop();
    return server.client(*cresset::client_id::parse(server.server_id())) ? 4 : 0;
}
