#include "http/router.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace cresset::http {
namespace {

handler answering(const char* body)
{
    return [body](const request&) {
        response answer;
        answer.body = body;
        return answer;
    };
}

request asking(const char* method, const char* target)
{
    request asked;
    asked.method = method;
    asked.target = target;
    return asked;
}

std::string allow_of(const response& answer)
{
    for (const header& field : answer.headers) {
        if (field.name == "Allow")
            return field.value;
    }
    return "no Allow";
}

TEST(router, finds_the_handler_by_method_and_path)
{
    router routes;
    routes.add("GET", "/a", answering("get a"));
    routes.add("POST", "/a", answering("post a"));
    routes.add("GET", "/a/b", answering("get b"));
    EXPECT_EQ(routes.route(asking("GET", "/a")).body, "get a");
    EXPECT_EQ(routes.route(asking("POST", "/a?x=/a/b")).body, "post a");
    EXPECT_EQ(routes.route(asking("GET", "http://host/a/b?x")).body, "get b");
}

TEST(router, answers_404_for_paths_that_are_not_exactly_known)
{
    router routes;
    routes.add("GET", "/a", answering("a"));
    for (const char* target : {"/", "/a/", "/A", "/ab", "//a", "/%61", "*"})
        EXPECT_EQ(routes.route(asking("GET", target)).status, 404u) << target;
}

TEST(router, answers_405_and_tells_the_methods_for_others)
{
    router routes;
    routes.add("POST", "/a", answering("a"));
    routes.add("GET", "/a", answering("a"));
    routes.add("PUT", "/b", answering("b"));
    const response answer = routes.route(asking("DELETE", "/a"));
    EXPECT_EQ(answer.status, 405u);
    EXPECT_EQ(allow_of(answer), "GET, HEAD, POST");
    EXPECT_EQ(allow_of(routes.route(asking("GET", "/b"))), "PUT");
    EXPECT_EQ(routes.route(asking("HEAD", "/b")).status, 405u);
    EXPECT_EQ(routes.route(asking("get", "/a")).status, 405u) << "methods are case-sensitive";
}

TEST(router, serves_head_by_get_unless_it_has_its_own_handler)
{
    router routes;
    routes.add("GET", "/a", answering("get"));
    routes.add("GET", "/b", answering("get"));
    routes.add("HEAD", "/b", answering("head"));
    EXPECT_EQ(routes.route(asking("HEAD", "/a")).body, "get");
    EXPECT_EQ(routes.route(asking("HEAD", "/b")).body, "head");
    EXPECT_EQ(allow_of(routes.route(asking("PUT", "/b"))), "GET, HEAD");
}

TEST(router, answers_500_without_details_if_a_handler_throws)
{
    std::string told;
    router routes([&told](const request& asked, std::string_view what) {
        told = asked.target + ": " + std::string(what);
    });
    routes.add("GET", "/a", [](const request&) -> response { throw std::runtime_error("secret"); });
    routes.add("GET", "/b", [](const request&) -> response { throw 1; });
    const response answer = routes.route(asking("GET", "/a"));
    EXPECT_EQ(answer.status, 500u);
    EXPECT_EQ(answer.body.find("secret"), std::string::npos);
    EXPECT_EQ(told, "/a: secret");
    EXPECT_EQ(routes.route(asking("GET", "/b")).status, 500u);
    EXPECT_EQ(told, "/b: not a std::exception");

    router silent;
    silent.add("GET", "/a", [](const request&) -> response { throw 1; });
    EXPECT_EQ(silent.route(asking("GET", "/a")).status, 500u);
}

} // namespace
} // namespace cresset::http
