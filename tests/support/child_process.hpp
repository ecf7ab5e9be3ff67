#pragma once

#include "support/sockets.hpp"
#include "support/waiting.hpp"

#include <csignal>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <vector>

namespace cresset::tests {

// A program that runs beside the test, and ends with it whatever happens. What it prints, to either
// output, is read from one pipe.
class child_process
{
public:
    explicit child_process(const std::vector<std::string>& command)
    {
        descriptor child_input;
        descriptor child_output;
        make_pipe(child_input, input_);
        make_pipe(output_, child_output);
        std::vector<char*> words;
        for (const std::string& word : command)
            words.push_back(const_cast<char*>(word.c_str()));
        words.push_back(nullptr);
        const pid_t parent = ::getpid();
        pid_ = check_call(::fork(), "fork");
        if (pid_ != 0)
            return;
        // Only what is allowed between fork and exec of a program with threads.
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent)
            ::_exit(126);
        ::dup2(child_input.get(), STDIN_FILENO);
        ::dup2(child_output.get(), STDOUT_FILENO);
        ::dup2(child_output.get(), STDERR_FILENO);
        ::execvp(words[0], words.data());
        ::_exit(127);
    }
    child_process(const child_process&) = delete;
    child_process& operator=(const child_process&) = delete;
    ~child_process() { end(SIGKILL); }

    // Sends a signal and waits for the end.
    void end(int signal)
    {
        if (pid_ <= 0)
            return;
        ::kill(pid_, signal);
        wait();
    }

    // Its status; 128 and more for a signal.
    int wait()
    {
        int status = 0;
        check_call(::waitpid(std::exchange(pid_, -1), &status, 0), "waitpid");
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

    void freeze()
    {
        ::kill(pid_, SIGSTOP);
        int status = 0;
        check_call(::waitpid(pid_, &status, WUNTRACED), "waitpid");
    }
    void thaw() { ::kill(pid_, SIGCONT); }

    void write(std::string_view text)
    {
        check_call(static_cast<int>(::write(input_.get(), text.data(), text.size())), "write");
    }

    // All that was printed since the last call, up to and with `what`.
    std::string read_until(std::string_view what)
    {
        for (;;) {
            if (const std::size_t at = printed_.find(what); at != std::string::npos) {
                const std::string until = printed_.substr(0, at + what.size());
                printed_.erase(0, until.size());
                return until;
            }
            if (!read_some())
                throw std::runtime_error("never prints \"" + std::string(what) + "\", but:\n" +
                                         printed_);
        }
    }

    std::string read_all()
    {
        while (read_some()) {
        }
        return std::exchange(printed_, {});
    }

private:
    static void make_pipe(descriptor& read_end, descriptor& write_end)
    {
        int ends[2];
        check_call(::pipe2(ends, O_CLOEXEC), "pipe2");
        read_end.reset(ends[0]);
        write_end.reset(ends[1]);
    }

    bool read_some()
    {
        pollfd readable{output_.get(), POLLIN, 0};
        const auto limit = std::chrono::milliseconds(time_limit).count();
        if (::poll(&readable, 1, static_cast<int>(limit)) != 1)
            return false;
        char buffer[4096];
        const ssize_t got = ::read(output_.get(), buffer, sizeof buffer);
        if (got > 0)
            printed_.append(buffer, static_cast<std::size_t>(got));
        return got > 0;
    }

    pid_t pid_ = -1;
    descriptor input_;
    descriptor output_;
    std::string printed_;
};

// Runs a program to its end, which must be a good one.
inline void run_program(const std::vector<std::string>& command)
{
    child_process program(command);
    const std::string printed = program.read_all();
    if (program.wait() != 0)
        throw std::runtime_error(command[0] + " failed:\n" + printed);
}

} // namespace cresset::tests
