#pragma once

#include "base/log.hpp"
#include "net/tls_server_context.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cresset/tls.hpp>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace cresset::serve {

// A server's certificates, which are read anew when their files change, on a thread of their own.
// Connections that there are keep what they began with. All calls from any thread.
class certificates
{
public:
    // Throws std::runtime_error with a line for people for files that can't be used.
    certificates(tls_options options, base::log& log);
    ~certificates();
    certificates(const certificates&) = delete;
    certificates& operator=(const certificates&) = delete;

    // Begins to look for changes, and says in the log that TLS is on. Once.
    void watch();

    // Reads them now. If they can't be used, those before stay: throws as the constructor does.
    void reload();

    // The same, but what it says it says in the log.
    void try_to_reload(std::string_view why);

    std::shared_ptr<const net::tls_server_context> current() const;

    // A client could not agree with the server.
    void count_failure(std::string_view why);
    std::uint64_t failures() const noexcept { return failures_; }

private:
    using versions = std::vector<std::string>; // of the files: which they are, and of when

    versions versions_now() const;
    void look();
    void replace(versions of);

    const tls_options options_;
    base::log& log_;
    std::thread thread_;
    std::atomic<std::uint64_t> failures_{0};

    mutable std::mutex mutex_; // of these:
    std::shared_ptr<const net::tls_server_context> current_;
    std::chrono::steady_clock::time_point loaded_;
    versions loaded_versions_; // and tried, if they could not be used
    versions seen_;
    bool refused_ = false; // the last time
    bool ending_ = false;
    std::condition_variable ends_;
};

} // namespace cresset::serve
