#include "ws/deflate_offer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cresset::ws {
namespace {

constexpr deflate_options plain_options{.enabled = true};
constexpr deflate_options takeover_options{.enabled = true, .context_takeover = true};

http::request offering(const std::vector<std::string>& values)
{
    http::request request;
    for (const std::string& value : values)
        request.headers.push_back({"Sec-WebSocket-Extensions", value});
    return request;
}

std::string answer(const std::vector<std::string>& values, const deflate_options& options)
{
    const auto found = answer_deflate_offers(offering(values), options);
    if (!found)
        return "malformed";
    EXPECT_EQ(found->header.empty(), !found->parameters.agreed);
    return found->header;
}

struct row
{
    std::vector<std::string> offered;
    std::string answered;
    std::string answered_with_takeover;
};

constexpr const char* none = "permessage-deflate; server_no_context_takeover; "
                             "client_no_context_takeover";

TEST(deflate_offer, is_answered_by_what_it_says)
{
    const std::string no(none);
    const row rows[] = {
        {{"permessage-deflate"}, no, "permessage-deflate"},
        {{"permessage-deflate; client_max_window_bits"}, no, "permessage-deflate"},
        {{"permessage-deflate; client_max_window_bits=15"}, no, "permessage-deflate"},
        {{"permessage-deflate; client_max_window_bits=10"},
         no + "; client_max_window_bits=10",
         "permessage-deflate; client_max_window_bits=10"},
        {{"permessage-deflate; server_max_window_bits=15"},
         no + "; server_max_window_bits=15",
         "permessage-deflate; server_max_window_bits=15"},
        {{"permessage-deflate; server_max_window_bits=9; client_max_window_bits=8"},
         no + "; server_max_window_bits=9; client_max_window_bits=8",
         "permessage-deflate; server_max_window_bits=9; client_max_window_bits=8"},
        // zlib can't keep a context of 8 bits.
        {{"permessage-deflate; server_max_window_bits=8"},
         no + "; server_max_window_bits=8",
         "permessage-deflate; server_no_context_takeover; server_max_window_bits=8"},
        {{"permessage-deflate; server_no_context_takeover"},
         no,
         "permessage-deflate; server_no_context_takeover"},
        {{"permessage-deflate; client_no_context_takeover"},
         no,
         "permessage-deflate; client_no_context_takeover"},
        {{"permessage-deflate ; client_no_context_takeover;server_no_context_takeover"}, no, no},
        {{"permessage-deflate; server_max_window_bits=\"10\""},
         no + "; server_max_window_bits=10",
         "permessage-deflate; server_max_window_bits=10"},
        {{"permessage-deflate; server_max_window_bits=\"1\\0\""},
         no + "; server_max_window_bits=10",
         "permessage-deflate; server_max_window_bits=10"},
    };
    for (const row& each : rows) {
        EXPECT_EQ(answer(each.offered, plain_options), each.answered) << each.offered[0];
        EXPECT_EQ(answer(each.offered, takeover_options), each.answered_with_takeover)
            << each.offered[0];
    }
}

TEST(deflate_offer, is_declined_for_a_parameter_that_it_may_not_have)
{
    for (const char* const parameters : {"unknown",
                                         "unknown=1",
                                         "server_no_context_takeover=1",
                                         "client_no_context_takeover=true",
                                         "server_no_context_takeover; server_no_context_takeover",
                                         "client_no_context_takeover; client_no_context_takeover",
                                         "server_max_window_bits",
                                         "server_max_window_bits=7",
                                         "server_max_window_bits=16",
                                         "server_max_window_bits=08",
                                         "server_max_window_bits=+9",
                                         "server_max_window_bits=9x",
                                         "server_max_window_bits=9; server_max_window_bits=9",
                                         "client_max_window_bits=7",
                                         "client_max_window_bits=16",
                                         "client_max_window_bits=015",
                                         "client_max_window_bits; client_max_window_bits",
                                         "client_max_window_bits; client_max_window_bits=9",
                                         "client_max_window_bits=9; client_max_window_bits",
                                         "Server_no_context_takeover"}) {
        const std::string offered = std::string("permessage-deflate; ") + parameters;
        EXPECT_EQ(answer({offered}, plain_options), "") << parameters;
        EXPECT_EQ(answer({offered + ", permessage-deflate"}, plain_options), none) << parameters;
    }
}

TEST(deflate_offer, that_comes_first_and_can_be_accepted_is)
{
    const std::string no(none);
    EXPECT_EQ(answer({"x-webkit-deflate-frame, permessage-bzip2; a=1, permessage-deflate; "
                      "server_max_window_bits=7, permessage-deflate; server_max_window_bits=12, "
                      "permessage-deflate"},
                     plain_options),
              no + "; server_max_window_bits=12");
    EXPECT_EQ(answer({"x-other", "permessage-deflate; server_max_window_bits=11",
                      "permessage-deflate; server_max_window_bits=12"},
                     plain_options),
              no + "; server_max_window_bits=11");
    EXPECT_EQ(answer({" , permessage-deflate ,"}, plain_options), no);
    EXPECT_EQ(answer({"x-other", "permessage-deflat"}, plain_options), "");
    EXPECT_EQ(answer({}, plain_options), "");
    EXPECT_EQ(answer({""}, plain_options), "");
}

TEST(deflate_offer, that_is_malformed_fails_the_handshake)
{
    for (const char* const value :
         {"permessage-deflate;", "permessage-deflate; =1",
          "permessage-deflate; a=", "permessage-deflate; a=\"\"", "permessage-deflate; a=\"x",
          "permessage-deflate; a=\"x y\"", "permessage-deflate; a=\"x\\",
          "permessage-deflate; a=\"x\"y", "permessage-deflate a", "permessage-deflate/", "; a",
          "permessage-deflate, b=1", "permessage-deflate\x01"})
        EXPECT_EQ(answer({value}, plain_options), "malformed") << value;
    EXPECT_EQ(answer({"permessage-deflate", ";"}, plain_options), "malformed");
}

TEST(deflate_offer, is_declined_where_deflate_is_off_but_must_be_well_formed)
{
    EXPECT_EQ(answer({"permessage-deflate"}, {}), "");
    EXPECT_EQ(answer({""}, {}), "");
    EXPECT_EQ(answer({";"}, {}), "malformed");
}

TEST(deflate_offer, becomes_parameters)
{
    const auto agreed = [](const std::string& offered, const deflate_options& options) {
        return answer_deflate_offers(offering({offered}), options)->parameters;
    };
    const deflate_parameters nothing_kept{.agreed = true};
    EXPECT_EQ(agreed("permessage-deflate", plain_options), nothing_kept);
    const deflate_parameters all_kept{
        .agreed = true, .server_keeps_context = true, .client_keeps_context = true};
    EXPECT_EQ(agreed("permessage-deflate", takeover_options), all_kept);
    const deflate_parameters server_keeps{
        .agreed = true, .server_keeps_context = true, .client_window_bits = 9};
    EXPECT_EQ(agreed("permessage-deflate; client_no_context_takeover; client_max_window_bits=9",
                     takeover_options),
              server_keeps);
    const deflate_parameters client_keeps{
        .agreed = true, .client_keeps_context = true, .server_window_bits = 8};
    EXPECT_EQ(agreed("permessage-deflate; server_max_window_bits=8", takeover_options),
              client_keeps);
    EXPECT_EQ(agreed("permessage-deflate; x", takeover_options), deflate_parameters{});
}

} // namespace
} // namespace cresset::ws
