#pragma once

#include <string>

namespace cresset::base {

// Writes whole lines to a descriptor and waits for nobody: the event loops log, and a pipe that
// nobody reads would stop them, and all clients with them. So a line that can't leave at once is
// kept, whole or the rest of it, and no other is taken before it has left. Nothing is done to the
// descriptor, since O_NONBLOCK would be everybody's who shares it, a shell's too.
//
// One thread's at a time.
class line_writer
{
public:
    explicit line_writer(int descriptor) noexcept : descriptor_(descriptor) {}

    // Whether a line would be taken now: all that was kept has left.
    bool ready();
    // Only if it is ready.
    void take(std::string line);

private:
    int descriptor_;
    std::string kept_;
};

} // namespace cresset::base
