#include "http/origin_rules.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace cresset::http {
namespace {

using patterns = std::vector<std::string>;

request asking(const patterns& origins, const std::string& host = "chat.example.com")
{
    request asked;
    asked.target = "/ws";
    asked.headers = {{"Host", host}};
    for (const std::string& each : origins)
        asked.headers.push_back({"Origin", each});
    return asked;
}

bool admits(const origin_rules& rules, const request& asked)
{
    const refusal refused = rules.check(asked);
    EXPECT_TRUE(!refused || (refused.status == 403 && !refused.why.empty()));
    return !refused;
}

bool same_host(const std::string& origin, const std::string& host)
{
    return admits(origin_rules(), asking({origin}, host));
}

TEST(origin_rules, by_default_admit_pages_of_the_host)
{
    EXPECT_TRUE(same_host("http://chat.example.com", "chat.example.com"));
    EXPECT_TRUE(same_host("https://chat.example.com", "chat.example.com"));
    EXPECT_TRUE(same_host("https://chat.example.com", "chat.example.com:443"));
    EXPECT_TRUE(same_host("https://chat.example.com:8443", "chat.example.com:8443"));
    EXPECT_TRUE(same_host("http://127.0.0.1:3000", "127.0.0.1:3000"));
    EXPECT_TRUE(same_host("http://[::1]:3000", "[0:0::1]:3000"));
    EXPECT_TRUE(same_host("HTTPS://Chat.Example.com", "chat.EXAMPLE.com"));
}

TEST(origin_rules, by_default_admit_no_other_pages)
{
    EXPECT_FALSE(same_host("http://localhost:3000", "127.0.0.1:3000"));
    EXPECT_FALSE(same_host("http://localhost:3001", "localhost:3000"));
    EXPECT_FALSE(same_host("http://localhost", "localhost:3000"));
    EXPECT_FALSE(same_host("http://localhost:3000", "localhost"));
    EXPECT_FALSE(same_host("http://chat.example.com", "chat.example.com:443"));
    EXPECT_FALSE(same_host("https://chat.example.com", "chat.example.com:80"));
    EXPECT_FALSE(same_host("http://chat.example.com:443", "chat.example.com"));
    EXPECT_FALSE(same_host("https://evil.chat.example.com", "chat.example.com"));
    EXPECT_FALSE(same_host("https://example.com", "chat.example.com"));
    EXPECT_FALSE(same_host("https://chat.example.com.", "chat.example.com"));
    EXPECT_FALSE(same_host("ftp://chat.example.com", "chat.example.com"));
    EXPECT_FALSE(same_host("http://127.0.0.1", "[::ffff:127.0.0.1]"));
    EXPECT_FALSE(same_host("null", "null"));
    EXPECT_FALSE(same_host("http://null", "a"));
    EXPECT_FALSE(same_host("http://", ""));
    EXPECT_FALSE(same_host("http://a@chat.example.com", "a@chat.example.com"));
}

TEST(origin_rules, take_the_host_from_an_absolute_target)
{
    request asked = asking({"http://chat.example.com"}, "other.example");
    asked.target = "http://chat.example.com/ws";
    EXPECT_TRUE(admits({}, asked));
    asked.headers[0].value = "chat.example.com";
    asked.target = "http://other.example/ws";
    EXPECT_FALSE(admits({}, asked));
}

TEST(origin_rules, admit_programs_unless_an_origin_is_required)
{
    EXPECT_TRUE(admits({}, asking({})));
    EXPECT_TRUE(admits({{"https://a.example"}, false}, asking({})));
    EXPECT_FALSE(admits({{"https://a.example"}, true}, asking({})));
    EXPECT_FALSE(admits({{"*"}, true}, asking({})));
    EXPECT_FALSE(admits({{}, true}, asking({})));
    EXPECT_TRUE(admits({{}, true}, asking({"https://chat.example.com"})));
}

// What one who may not come in could say to an allow-list of example.com and what is below it.
TEST(origin_rules, are_not_tricked)
{
    const origin_rules rules({"https://example.com", "https://*.example.com"}, false);
    EXPECT_TRUE(admits(rules, asking({"https://example.com"})));
    EXPECT_TRUE(admits(rules, asking({"https://chat.example.com"})));
    EXPECT_TRUE(admits(rules, asking({"HTTPS://A.B.EXAMPLE.COM:443"})));
    for (const std::string trick : {
             "null",
             "NULL",
             "",
             "*",
             "example.com",
             "//example.com",
             "https:example.com",
             "https:/example.com",
             "https:///example.com",
             "https://evil.com",
             "https://evilexample.com",         // ends like it
             "https://evil-example.com",        // as a label of its own would not
             "https://example.com.evil.com",    // begins like it
             "https://example.comevil.com",     // without a dot
             "https://example.com.",            // another host to a browser
             "https://chat.example.com.",       //
             "https://.example.com",            // an empty label
             "https://a..example.com",          //
             "https://*.example.com",           // the pattern itself
             "http://example.com",              // another scheme
             "http://example.com:443",          //
             "wss://example.com",               //
             "https://example.com:80",          // another port
             "https://example.com:8443",        //
             "https://chat.example.com:8443",   //
             "https://example.com:443443",      //
             "https://example.com:0443",        // no port as browsers write it
             "https://example.com:",            //
             "https://example.com:443:443",     //
             "https://example.com@evil.com",    // user names
             "https://evil.com@example.com",    //
             "https://evil.com:x@example.com",  //
             "https://evil.com/.example.com",   // paths, queries, fragments
             "https://evil.com?.example.com",   //
             "https://evil.com#.example.com",   //
             "https://evil.com\\.example.com",  //
             "https://example.com/",            //
             "https://evil.com%00.example.com", // escapes
             "https://evil.com%2eexample.com",  //
             "https://evil.com .example.com",   // white space
             "https://example.com https://evil.com",
             "https://evil.com, https://example.com",
             "https://ex\xc3\xa4"
             "mple.com",
             "https://example.com\xe3\x80\x82"
             "evil.com", // a full stop to some
             "https://examp1e.com",
             "https://example_com",
             "javascript://example.com",
             "file://",
             "data:text/html",
             "about:blank",
             "https://[example.com]",
             "xhttps://example.com",
             "https://https://example.com",
         })
        EXPECT_FALSE(admits(rules, asking({trick}, "example.com"))) << trick;
    EXPECT_FALSE(admits(rules, asking({std::string("https://evil.com\0.example.com", 29)})));
    EXPECT_FALSE(admits(rules, asking({"https://example.com", "https://example.com"})));
    EXPECT_FALSE(admits(rules, asking({"https://example.com", "https://evil.com"})));
    EXPECT_FALSE(admits(rules, asking({"https://evil.com", "https://example.com"})));
}

TEST(origin_rules, with_patterns_admit_the_own_host_only_if_it_is_among_them)
{
    const origin_rules rules({"https://partner.example"}, false);
    EXPECT_FALSE(admits(rules, asking({"https://chat.example.com"})));
    EXPECT_TRUE(admits(rules, asking({"https://partner.example"})));
}

TEST(origin_rules, compare_part_by_part)
{
    const auto fits = [](const std::string& pattern, const std::string& origin) {
        return admits({{pattern}, false}, asking({origin}));
    };
    EXPECT_TRUE(fits("https://a.example:8443", "https://a.example:8443"));
    EXPECT_FALSE(fits("https://a.example:8443", "https://a.example"));
    EXPECT_TRUE(fits("https://a.example:443", "https://a.example"));
    EXPECT_TRUE(fits("HTTPS://A.Example", "https://a.example"));
    EXPECT_TRUE(fits("http://localhost:*", "http://localhost:5173"));
    EXPECT_TRUE(fits("http://localhost:*", "http://localhost"));
    EXPECT_FALSE(fits("http://localhost:*", "https://localhost:5173"));
    EXPECT_FALSE(fits("http://localhost:*", "http://localhost.evil.com:5173"));
    EXPECT_TRUE(fits("http://[::1]:*", "http://[::1]:5173"));
    EXPECT_TRUE(fits("https://*.a.example", "https://b.a.example"));
    EXPECT_TRUE(fits("https://*.a.example", "https://c.b.a.example"));
    EXPECT_FALSE(fits("https://*.a.example", "https://a.example"));
    EXPECT_TRUE(fits("https://*.a.example:*", "https://b.a.example:1"));
    EXPECT_TRUE(fits("capacitor://localhost", "capacitor://localhost"));
    EXPECT_FALSE(fits("capacitor://localhost", "http://localhost"));
}

TEST(origin_rules, may_admit_everybody_who_says_one_origin)
{
    const origin_rules rules({"*"}, false);
    for (const char* origin : {"https://evil.com", "null", "file://", ""})
        EXPECT_TRUE(admits(rules, asking({origin}))) << origin;
    EXPECT_FALSE(admits(rules, asking({"https://a.example", "https://a.example"})));
}

TEST(origin_rules, refuse_bad_patterns_and_say_why)
{
    const auto complaint = [](const std::string& pattern) -> std::string {
        try {
            const origin_rules rules({pattern}, false);
        } catch (const std::invalid_argument& error) {
            return error.what();
        }
        return "none";
    };
    EXPECT_EQ(complaint("example.com"),
              R"("example.com" must be a scheme and a host, such as https://chat.example.com)");
    EXPECT_EQ(complaint("null"),
              R"("null" is the origin of every sandboxed page: use * to let everybody in)");
    EXPECT_EQ(
        complaint("https://a.example/"),
        R"("https://a.example/" must end behind the host or its port: an origin has no path)");
    for (const char* pattern :
         {"https://a.*.example", "https://*a.example", "https://*", "https://*:*", "*://a.example",
          "https://*.*.example", "https://a.example:4*", "http*://a.example", "https://a.*"})
        EXPECT_NE(complaint(pattern).find("may have * only"), std::string::npos) << pattern;
    for (const char* pattern :
         {"https://", "https://a@b.example", "https://a.example:0", "://a.example",
          "https://a.example:", "https://*.", "https://a..example"})
        EXPECT_NE(complaint(pattern).find("must be a scheme, a host"), std::string::npos)
            << pattern;
    for (const char* pattern : {"https://*.127.0.0.1", "https://*.[::1]"})
        EXPECT_NE(complaint(pattern).find("before an address"), std::string::npos) << pattern;
    EXPECT_NE(complaint(""), "none");
    EXPECT_NE(complaint("**"), "none");
    EXPECT_NE(complaint(" *"), "none");
}

} // namespace
} // namespace cresset::http
