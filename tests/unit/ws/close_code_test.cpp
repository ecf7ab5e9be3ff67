#include "ws/close_code.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace cresset::ws {
namespace {

// RFC 6455, section 7.4, with 1012 to 1014 of the registry.
TEST(close_code, may_be_sent_where_the_rfc_allows)
{
    for (const std::uint16_t code :
         std::initializer_list<std::uint16_t>{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011,
                                              1012, 1013, 1014, 3000, 3999, 4000, 4001, 4999})
        EXPECT_TRUE(may_be_sent(code)) << code;
    for (const std::uint16_t code : std::initializer_list<std::uint16_t>{
             0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535})
        EXPECT_FALSE(may_be_sent(code)) << code;
}

} // namespace
} // namespace cresset::ws
