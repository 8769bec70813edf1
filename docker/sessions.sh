#!/bin/sh
# The sessions of the lab (config/labredes71/scenarios) by its clients alone, against services that stand in containers:
# labnet-sessions. What is not as expected is told, and then the exit code is 1.
set -u
cd "${TMPDIR:-/tmp}"
failed=0

# step TEXT COMMAND...: runs it; it has to end well, and to print TEXT if that is not empty.
step() {
  expected=$1
  shift
  if output=$("$@" 2>&1) && printf '%s\n' "$output" | grep -qF -- "$expected"; then
    printf 'ok      %s\n' "$*"
  else
    printf 'FAILED  %s\n        expected "%s", found:\n%s\n' "$*" "$expected" "$output"
    failed=$((failed + 1))
  fi
}

# in_background FILE READY COMMAND...: goes on once READY is in what it prints; 10 s at most.
in_background() {
  file=$1
  ready=$2
  shift 2
  "$@" >"$file" 2>&1 &
  background=$!
  tries=0
  until grep -qF -- "$ready" "$file" || [ $tries -ge 100 ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
}

# ended WHAT FILE TEXT: what is in the background has ended well, and has printed TEXT.
ended() {
  if wait "$background" && grep -qF -- "$3" "$2"; then
    printf 'ok      %s\n' "$1"
  else
    printf 'FAILED  %s\n        expected "%s", found:\n' "$1" "$3"
    cat "$2"
    failed=$((failed + 1))
  fi
}

echo '8.1 Ping'
step 'Received = 4, Lost = 0' labnet ping 192.168.1.7 --like windows --interval 200ms
step 'Received = 4, Lost = 0' labnet ping 192.168.1.11 --like windows --interval 200ms
step 'dns.labredes71.com' labnet dns -x 192.168.1.7 @192.168.1.7

echo '8.2 DNS'
step '192.168.1.10' labnet dns web.labredes71.com @192.168.1.7
step 'Received = 4, Lost = 0' labnet ping web.labredes71.com --like windows --interval 200ms

echo '8.3 FTP'
account=ftp://samurt123:password@ftp.labredes71.com
step '' labnet ftp get "$account/1.png" -o 1.png --like filezilla
step '' cmp 1.png /etc/labnet/ftp/home/samurt123/1.png
head -c 38000000 /dev/urandom >'Adivinar el país.pptx'
step '' labnet ftp put 'Adivinar el país.pptx' "$account/" --like filezilla
step '' labnet ftp get "$account/Adivinar%20el%20pa%C3%ADs.pptx" -o back.pptx
step '' cmp 'Adivinar el país.pptx' back.pptx
rm -f 'Adivinar el país.pptx' back.pptx

echo '8.4 HTTP, and what visitors leave'
step '' labnet http get -f http://web.labredes71.com/ -o page.html --compressed
step '' cmp page.html /etc/labnet/www/index.html
step '' labnet http post -f http://web.labredes71.com/comments -d on=sessions -d name=clients -d "text=from $$"
step "from $$" labnet http get -f 'http://web.labredes71.com/comments?on=sessions'

echo '8.5 HTTPS'
step '' labnet http get -f https://web.labredes71.com/ -o secure.html
step '' cmp secure.html /etc/labnet/www/index.html

echo '8.6 VoIP'
in_background 102.txt 'registered' labnet sip answer --user 102:phone102 --server voip.labredes71.com --answer-after 200ms \
  --play speech:102 --expect-sound speech:101
step 'answered' labnet sip call 102 --user 101:phone101 --server voip.labredes71.com --play speech:101 \
  --expect-sound speech:102 --duration 4
ended 'labnet sip answer (102)' 102.txt 'hung up by the other side'

echo '8.7 RTMP'
in_background studio.txt 'NetStream.Publish.Start' labnet rtmp publish /etc/labnet/studio/clip.flv \
  rtmp://rtmp.labredes71.com/live/1234 --loop --duration 4s --like obs -v
step 'H.264' labnet rtmp play rtmp://rtmp.labredes71.com/live/1234 --like ffmpeg -o watched.flv --duration 2s
step 'H.264' labnet rtmp probe rtmps://rtmp.labredes71.com/live/1234 --duration 2s
ended 'labnet rtmp publish (studio)' studio.txt 'deleteStream'

if [ $failed -ne 0 ]; then
  echo "$failed not as expected"
  exit 1
fi
echo 'all as expected'
