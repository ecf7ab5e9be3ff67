// Authentication that takes long, on threads of its own. The server's threads must not wait, so
// they pass the credentials on and serve others; the answer comes later. Clients connect to
// ws://127.0.0.1:3000/ws and send:
//
//   {"event": "authenticate", "data": {"name": "ada", "password": "sesame"}}
//
// Any name will do. Other passwords are refused.

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/describe.hpp>
#include <boost/lexical_cast.hpp>

#include <chrono>
#include <cresset/server.hpp>
#include <exception>
#include <iostream>
#include <semaphore>
#include <string>
#include <thread>
#include <utility>

struct credentials
{
    std::string name;
    std::string password;
};
BOOST_DESCRIBE_STRUCT(credentials, (), (name, password))

// As slow as a database or a good password hash.
bool are_right(const credentials& shown)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    return shown.password == "sesame";
}

int main(int argc, char** argv)
try {
    cresset::server_options options;
    if (argc > 1)
        options.port = boost::lexical_cast<std::uint16_t>(argv[1]);

    std::counting_semaphore<> places(100); // or strangers could make the queue grow without end
    boost::asio::thread_pool pool(4);
    cresset::handlers handlers;
    handlers.authenticate = [&](const cresset::authenticate_request& request,
                                cresset::reply<cresset::identity> answer) {
        auto shown = request.data_as<credentials>(); // a copy, for later
        if (!places.try_acquire())
            return answer.fail("too many are waiting");
        boost::asio::post(
            pool, [&places, shown = std::move(shown), answer = std::move(answer)]() mutable {
                if (are_right(shown))
                    answer.accept(cresset::identity(shown.name));
                else
                    answer.reject();
                places.release();
            });
    };

    cresset::server server(options, handlers);
    server.start();
    std::cout << "The door is ready: " << server.url() << " (Enter ends it)" << std::endl;
    std::cin.get();
    server.stop();
    pool.stop(); // nobody is left to hear the answers that are missing
    pool.join();
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
