// callpipe-hear: whisper.cpp's library on many short files, with the options and the documents of
// whisper-cli.
//
// It differs from whisper-cli in five ways. The encoder hears as much of a file as -ac says, instead of
// 30 s, without flash attention, which takes a twentieth more time on a processor and makes more errors.
// Each file has a state of its own, so that its words depend on nothing but the file: the search of
// whisper-cli draws random numbers from one row for all files. The search runs only where the first
// reading is unsure. The files are shared out to threads that work on one file each, so that no thread
// waits for another. The prompt comes from a file, because every user can read a command line.
#include <whisper.h>

#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr int rate = WHISPER_SAMPLE_RATE;
constexpr size_t headerLength = 44;

struct Job {
    std::string file;
    int audioContext;  // 0 for all of the 30 s
    std::string prompt;
};

struct Options {
    std::string model, language = "en";
    int threads = 1;
    std::vector<Job> jobs;
};

const char usage[] =
    "usage: callpipe-hear -m MODEL [-l LANGUAGE] [-t THREADS]\n"
    "                     [--prompt-file PROMPT] [-ac CONTEXT] -f FILE ...\n"
    "       callpipe-hear --help | --version\n"
    "Writes what is said in FILE, a WAV file at 16 kHz, mono, 16 bit, to FILE.json, as whisper-cli\n"
    "does with -ojf. CONTEXT is for the files after it, in fiftieths of a second; 0 is all of 30 s.\n"
    "The file PROMPT holds words to expect in the files after it; an empty name is none.\n";

[[noreturn]] void refuse(const std::string &message) {
    fprintf(stderr, "error: %s\n%s", message.c_str(), usage);
    exit(64);
}

int number(const std::string &option, const std::string &text) {
    char *end = nullptr;
    const long value = strtol(text.c_str(), &end, 10);
    if (text.empty() || *end || value < 0 || value > 100000) refuse(option + " needs a number");
    return static_cast<int>(value);
}

std::string contents(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file) {
        fprintf(stderr, "error: failed to read '%s'\n", path.c_str());
        exit(66);
    }
    return text;
}

Options parse(int count, char **words) {
    Options options;
    int context = 0;
    std::string prompt;
    for (int index = 1; index < count; index++) {
        const std::string word = words[index];
        if (word == "--help") { fputs(usage, stdout); exit(0); }
        if (word == "--version") { printf("whisper.cpp version: %s\n", whisper_version()); exit(0); }
        if (word == "-ojf") continue;  // it writes nothing else
        if (index + 1 == count) refuse("unknown option, or no value: " + word);
        const std::string value = words[++index];
        if (word == "-m") options.model = value;
        else if (word == "-l") options.language = value;
        else if (word == "-t") options.threads = number(word, value);
        else if (word == "-ac") context = number(word, value);
        else if (word == "--prompt-file") prompt = value.empty() ? "" : contents(value);
        else if (word == "-f") options.jobs.push_back({value, context, prompt});
        else refuse("unknown option " + word);
    }
    if (options.model.empty() || options.jobs.empty()) refuse("-m and -f are needed");
    if (options.language != "auto" && whisper_lang_id(options.language.c_str()) < 0) {
        fprintf(stderr, "error: unknown language '%s'\n", options.language.c_str());
        exit(0);  // as whisper-cli does
    }
    return options;
}

// The samples of a file; false when it is no such file.
bool read(const std::string &path, std::vector<float> &samples) {
    std::ifstream file(path, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    const auto word = [&](size_t place, int length) {
        uint32_t value = 0;
        for (int index = 0; index < length; index++)
            value |= static_cast<uint32_t>(static_cast<uint8_t>(bytes[place + index])) << (8 * index);
        return value;
    };
    if (bytes.size() < headerLength || memcmp(bytes.data(), "RIFF", 4)
        || memcmp(bytes.data() + 8, "WAVEfmt ", 8) || memcmp(bytes.data() + 36, "data", 4)
        || word(20, 2) != 1 || word(22, 2) != 1 || word(24, 4) != rate || word(34, 2) != 16) {
        fprintf(stderr, "error: failed to read '%s': no WAV file of 16 kHz, mono, 16 bit\n",
                path.c_str());
        return false;
    }
    samples.resize((bytes.size() - headerLength) / 2);
    for (size_t index = 0; index < samples.size(); index++)
        samples[index] = static_cast<int16_t>(word(headerLength + 2 * index, 2)) / 32768.0f;
    return true;
}

// Text in quotes; its bytes may be a part of a character.
std::string quoted(const char *text) {
    std::string result = "\"";
    for (; *text; text++) {
        const auto byte = static_cast<unsigned char>(*text);
        if (byte == '"' || byte == '\\') result += '\\';
        result += byte < 0x20 ? ' ' : *text;
    }
    return result + "\"";
}

std::string offsets(int64_t from, int64_t to) {  // of hundredths of a second
    return "\"offsets\":{\"from\":" + std::to_string(from * 10)
        + ",\"to\":" + std::to_string(to * 10) + "}";
}

std::string document(whisper_context *model, whisper_state *state) {
    std::string text = "{\"result\":{\"language\":"
        + quoted(whisper_lang_str(whisper_full_lang_id_from_state(state)))
        + "},\"transcription\":[";
    const int segments = whisper_full_n_segments_from_state(state);
    for (int segment = 0; segment < segments; segment++) {
        text += segment ? ",\n{" : "\n{";
        text += offsets(whisper_full_get_segment_t0_from_state(state, segment),
                        whisper_full_get_segment_t1_from_state(state, segment));
        text += ",\"text\":" + quoted(whisper_full_get_segment_text_from_state(state, segment))
            + ",\"tokens\":[";
        const int tokens = whisper_full_n_tokens_from_state(state, segment);
        for (int token = 0; token < tokens; token++) {
            const auto data = whisper_full_get_token_data_from_state(state, segment, token);
            text += token ? ",\n {" : "\n {";
            text += "\"text\":"
                + quoted(whisper_full_get_token_text_from_state(model, state, segment, token)) + ",";
            if (data.t0 >= 0 && data.t1 >= 0) text += offsets(data.t0, data.t1) + ",";
            text += "\"p\":" + std::to_string(data.p) + "}";
        }
        text += "]}";
    }
    return text + "]}\n";
}

whisper_full_params parameters(
    const Options &options, const Job &job, whisper_sampling_strategy strategy) {
    auto parameters = whisper_full_default_params(strategy);
    parameters.n_threads = 1;
    parameters.language = options.language.c_str();
    parameters.print_progress = false;
    parameters.token_timestamps = true;
    parameters.beam_search.beam_size = 5;
    // Without room for earlier text there is no room for a prompt.
    if (job.prompt.empty()) parameters.n_max_text_ctx = 0;
    else parameters.initial_prompt = job.prompt.c_str();
    return parameters;
}

// True when the tokens of the text are improbable on average. A search with five beams takes twice the
// time. Measured on telephone prompts: it finds better words below this bound, and no better ones above.
bool isUnsure(whisper_context *model, whisper_state *state) {
    constexpr double bound = -0.25;
    double sum = 0;
    int count = 0;
    const int segments = whisper_full_n_segments_from_state(state);
    for (int segment = 0; segment < segments; segment++) {
        const int tokens = whisper_full_n_tokens_from_state(state, segment);
        for (int token = 0; token < tokens; token++) {
            const auto data = whisper_full_get_token_data_from_state(state, segment, token);
            if (data.id >= whisper_token_eot(model)) continue;  // a mark
            sum += data.plog;
            count++;
        }
    }
    return count > 0 && sum / count < bound;
}

// A state with the words of some samples; none when there is no memory or the library fails.
using State = std::unique_ptr<whisper_state, decltype(&whisper_free_state)>;
State heard(whisper_context *model, const whisper_full_params &parameters,
            const std::vector<float> &samples) {
    State state{whisper_init_state(model), whisper_free_state};
    if (!state) {
        fprintf(stderr, "error: no memory for a file\n");
        return state;
    }
    const int failure = whisper_full_with_state(
        model, state.get(), parameters, samples.data(), static_cast<int>(samples.size()));
    if (!failure) return state;
    fprintf(stderr, "error: whisper.cpp failed with %d\n", failure);
    return {nullptr, whisper_free_state};
}

// Writes the document of a file, or none.
void hear(whisper_context *model, const Options &options, const Job &job) {
    std::vector<float> samples;
    if (!read(job.file, samples)) return;
    const auto by = [&](whisper_sampling_strategy strategy) {
        auto parameters = ::parameters(options, job, strategy);
        if (job.audioContext < whisper_n_audio_ctx(model)) parameters.audio_ctx = job.audioContext;
        return heard(model, parameters, samples);
    };
    State state = by(WHISPER_SAMPLING_GREEDY);
    if (state && isUnsure(model, state.get())) state = by(WHISPER_SAMPLING_BEAM_SEARCH);
    if (!state) return;
    std::ofstream file(job.file + ".json", std::ios::binary);
    file << document(model, state.get());
    file.close();
    if (!file) fprintf(stderr, "error: failed to write '%s.json'\n", job.file.c_str());
}

// Becomes the program beside this one that was built for AVX-512, where the processor has it.
void runFaster([[maybe_unused]] char **words) {
#if defined(__x86_64__) && defined(FASTER)
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512cd")
        || !__builtin_cpu_supports("avx512vl") || !__builtin_cpu_supports("avx512dq")
        || !__builtin_cpu_supports("avx512bw")) return;
    char self[4096];
    const auto length = readlink("/proc/self/exe", self, sizeof self);
    if (length <= 0 || length == sizeof self) return;
    execv((std::string(self, length) + FASTER).c_str(), words);  // comes back when it is not there
#endif
}

void complain(ggml_log_level level, const char *text, void *) {
    if (level == GGML_LOG_LEVEL_ERROR) fputs(text, stderr);
}

}  // namespace

int main(int count, char **words) {
    runFaster(words);
    const auto options = parse(count, words);
    whisper_log_set(complain, nullptr);
    auto parameters = whisper_context_default_params();
    parameters.flash_attn = false;
    whisper_context *model =
        whisper_init_from_file_with_params_no_state(options.model.c_str(), parameters);
    if (!model) {
        fprintf(stderr, "error: failed to load the model\n");
        return 3;  // as whisper-cli does
    }
    std::atomic<size_t> next{0};
    const auto work = [&] {
        for (size_t index; (index = next++) < options.jobs.size();)
            hear(model, options, options.jobs[index]);
    };
    std::vector<std::thread> threads;
    for (int thread = 1; thread < options.threads; thread++) threads.emplace_back(work);
    work();
    for (auto &thread : threads) thread.join();
    whisper_free(model);
    return 0;
}
