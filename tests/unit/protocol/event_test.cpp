#include "protocol/event.hpp"

#include <gtest/gtest.h>

namespace cresset::protocol {

TEST(event, knows_the_names_of_the_system)
{
    for (const char* name : {"authenticate", "connected", "join", "leave", "heartbeat", "error",
                             "encrypted", "disconnect"})
        EXPECT_TRUE(is_system_event(name)) << name;
}

TEST(event, leaves_all_other_names_to_the_application)
{
    for (const char* name : {"", "Join", "joined", "join ", "message", "authenticat"})
        EXPECT_FALSE(is_system_event(name)) << name;
}

} // namespace cresset::protocol
