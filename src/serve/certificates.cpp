#include "serve/certificates.hpp"

#include "net/kernel_tls.hpp"

#include <exception>
#include <sys/stat.h>
#include <utility>

namespace cresset::serve {
namespace {

constexpr std::chrono::seconds check_interval{1};

// Tickets to resume a session are encrypted with a key of the context. A new one now and then
// bounds what a stolen key opens.
constexpr std::chrono::hours ticket_key_lifetime{12};

// What could not be read may have been at fault for a moment only.
constexpr std::chrono::minutes retry_interval{1};

constexpr std::string_view retried = "they could not be read before";

std::string version_of(const std::string& file)
{
    struct stat found;
    if (::stat(file.c_str(), &found) != 0)
        return {};
    std::string text;
    for (const auto part :
         {static_cast<long long>(found.st_dev), static_cast<long long>(found.st_ino),
          static_cast<long long>(found.st_size), static_cast<long long>(found.st_mtim.tv_sec),
          static_cast<long long>(found.st_mtim.tv_nsec)})
        text += std::to_string(part) + ' ';
    return text;
}

} // namespace

certificates::certificates(tls_options options, base::log& log)
    : options_(std::move(options)), log_(log)
{
    reload();
}

certificates::~certificates()
{
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    ends_.notify_all();
    if (thread_.joinable())
        thread_.join();
}

void certificates::watch()
{
    log_.info("TLS is on", {{"certificates", options_.certificates.size()},
                            {"encrypted_by", net::kernel_tls_available() ? "kernel" : "process"}});
    thread_ = std::thread([this] {
        std::unique_lock lock(mutex_);
        while (!ends_.wait_for(lock, check_interval, [this] { return ending_; })) {
            lock.unlock();
            look();
            lock.lock();
        }
    });
}

void certificates::reload()
{
    replace(versions_now());
}

std::shared_ptr<const net::tls_server_context> certificates::current() const
{
    const std::lock_guard lock(mutex_);
    return current_;
}

void certificates::count_failure(std::string_view why)
{
    ++failures_;
    log_.debug("TLS handshake failed", {{"error", why}}); // anybody can cause it, at any rate
}

certificates::versions certificates::versions_now() const
{
    versions all{version_of(options_.client_ca_file)};
    for (const tls_certificate& files : options_.certificates) {
        all.push_back(version_of(files.cert_file));
        all.push_back(version_of(files.key_file));
    }
    return all;
}

void certificates::look()
{
    versions now = versions_now();
    bool changed;
    bool old;
    bool again;
    {
        const std::lock_guard lock(mutex_);
        // A certificate and its key are replaced one after the other: when both have come to rest.
        changed = now != loaded_versions_ && now == seen_;
        const auto age = std::chrono::steady_clock::now() - loaded_;
        old = age >= ticket_key_lifetime;
        again = refused_ && age >= retry_interval;
        seen_ = std::move(now);
    }
    if (changed)
        try_to_reload("the files have changed");
    else if (again)
        try_to_reload(retried);
    else if (old)
        try_to_reload("for new ticket keys");
}

void certificates::try_to_reload(std::string_view why)
{
    versions now = versions_now();
    try {
        replace(now);
        log_.info("TLS certificates read anew", {{"why", why}});
    } catch (const std::exception& error) {
        const std::lock_guard lock(mutex_);
        const bool known = refused_ && loaded_versions_ == now && why == retried;
        if (!known)
            log_.error("TLS certificates could not be read anew, and the old ones stay",
                       {{"error", error.what()}, {"remedy", "put good files in place"}});
        refused_ = true;
        loaded_versions_ = std::move(now);
        loaded_ = std::chrono::steady_clock::now();
    }
}

void certificates::replace(versions of)
{
    auto made = std::make_shared<const net::tls_server_context>(options_);
    const std::lock_guard lock(mutex_);
    current_ = std::move(made);
    refused_ = false;
    loaded_ = std::chrono::steady_clock::now();
    seen_ = of;
    loaded_versions_ = std::move(of);
}

} // namespace cresset::serve
