#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>

// Macros with a computation in them do not import into Swift.
static const int cffmpeg_error_eof = AVERROR_EOF;
static const int cffmpeg_error_again = AVERROR(EAGAIN);
static const int cffmpeg_error_memory = AVERROR(ENOMEM);
static const int cffmpeg_error_input_changed = AVERROR_INPUT_CHANGED;
