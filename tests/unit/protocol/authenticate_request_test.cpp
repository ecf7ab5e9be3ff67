#include "protocol/authenticate_request.hpp"

#include <gtest/gtest.h>

namespace cresset::protocol {

TEST(authenticate_request, reads_the_user_and_keeps_the_credentials)
{
    const std::string raw = R"({"token": "t", "userId": "u\u0031"})";
    const authenticate_request request = read_authenticate_request(raw);
    EXPECT_EQ(request.credentials, raw);
    EXPECT_EQ(request.user_id, "u1");
}

TEST(authenticate_request, takes_absent_data_for_an_empty_object)
{
    const authenticate_request request = read_authenticate_request("");
    EXPECT_EQ(request.credentials, "{}");
    EXPECT_EQ(request.user_id, std::nullopt);
}

TEST(authenticate_request, has_no_user_where_none_is_named)
{
    for (const char* raw :
         {"{}", R"({"userId":7})", R"({"userId":null})", "null", "[]", R"("userId")"})
        EXPECT_EQ(read_authenticate_request(raw).user_id, std::nullopt) << raw;
}

} // namespace cresset::protocol
