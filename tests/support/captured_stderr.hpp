#pragma once

#include "support/sockets.hpp"

#include <cstdint>
#include <cstdio>
#include <string>
#include <sys/mman.h>
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace cresset::tests {

// What a sanitizer has to say is for people, wherever standard error goes.
inline void send_sanitizer_reports_to([[maybe_unused]] std::intptr_t descriptor)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    __sanitizer_set_report_fd(reinterpret_cast<void*>(descriptor));
#endif
}

// Keeps what the process writes to standard error while it lives.
class captured_stderr
{
public:
    captured_stderr()
        : file_(check_call(::memfd_create("stderr", MFD_CLOEXEC), "memfd_create")),
          before_(check_call(::dup(STDERR_FILENO), "dup"))
    {
        std::fflush(stderr);
        send_sanitizer_reports_to(before_.get());
        check_call(::dup2(file_.get(), STDERR_FILENO), "dup2");
    }
    captured_stderr(const captured_stderr&) = delete;
    captured_stderr& operator=(const captured_stderr&) = delete;
    ~captured_stderr()
    {
        std::fflush(stderr);
        ::dup2(before_.get(), STDERR_FILENO);
        send_sanitizer_reports_to(STDERR_FILENO);
    }

    std::string text() const
    {
        std::fflush(stderr);
        std::string all;
        char buffer[4096];
        ssize_t n;
        while ((n = ::pread(file_.get(), buffer, sizeof buffer, static_cast<off_t>(all.size()))) >
               0)
            all.append(buffer, static_cast<std::size_t>(n));
        return all;
    }

private:
    descriptor file_;
    descriptor before_;
};

// How often `what` occurs.
inline std::size_t count_of(const std::string& text, const std::string& what)
{
    std::size_t count = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
        ++count;
    return count;
}

} // namespace cresset::tests
