#include "net/listener_group.hpp"

#include "base/system_error.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <linux/filter.h>
#include <netinet/in.h>
#include <sstream>
#include <string>
#include <string_view>
#include <sys/socket.h>

namespace cresset::net {
namespace {

constexpr std::string_view listening = "0A";

// As /proc/net/tcp writes it: words of the address as they lie in memory, then the port.
std::string as_in_proc(const endpoint& at)
{
    std::string text;
    const auto add_words = [&text](const void* address, std::size_t size) {
        std::array<std::uint32_t, 4> words{};
        std::memcpy(words.data(), address, size);
        std::array<char, 9> hex;
        for (std::size_t i = 0; i < size / sizeof(std::uint32_t); ++i) {
            std::snprintf(hex.data(), hex.size(), "%08X", words[i]);
            text += hex.data();
        }
    };
    if (at.family() == AF_INET6) {
        const auto& address = *reinterpret_cast<const sockaddr_in6*>(at.address());
        add_words(&address.sin6_addr, sizeof address.sin6_addr);
    } else {
        const auto& address = *reinterpret_cast<const sockaddr_in*>(at.address());
        add_words(&address.sin_addr, sizeof address.sin_addr);
    }
    std::array<char, 6> port;
    std::snprintf(port.data(), port.size(), ":%04X", at.port());
    return text + port.data();
}

} // namespace

unsigned count_listeners(const endpoint& at)
{
    const char* const file = at.family() == AF_INET6 ? "/proc/net/tcp6" : "/proc/net/tcp";
    std::ifstream table(file);
    if (!table)
        base::throw_errno(file);
    const std::string wanted = as_in_proc(at);
    unsigned found = 0;
    for (std::string line; std::getline(table, line);) {
        std::istringstream fields(line);
        std::string number;
        std::string local;
        std::string remote;
        std::string state;
        if (fields >> number >> local >> remote >> state)
            found += local == wanted && state == listening;
    }
    return found;
}

void steer_connections(int descriptor, unsigned earlier, unsigned later)
{
    // In the place of a socket that closes the kernel puts the last of the group: for a while there
    // are later ones among the earlier, and no place behind the group's end is valid. The places
    // from `earlier` to `later` have a later one all of the time, until there are no others.
    const unsigned count = later >= earlier ? later - earlier + 1 : later;
    // A random number modulo `count`, plus `earlier`: the place of a socket in the group.
    std::array<sock_filter, 4> program = {
        sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                             static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_RANDOM)),
        sock_filter BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, count),
        sock_filter BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, earlier),
        sock_filter BPF_STMT(BPF_RET | BPF_A, 0),
    };
    const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    if (::setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &filter, sizeof filter) != 0)
        base::throw_errno("SO_ATTACH_REUSEPORT_CBPF");
}

} // namespace cresset::net
