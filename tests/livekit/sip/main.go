// Stand in for LiveKit's SIP service beside LiveKit's own server, where the service itself cannot be had: it takes what
// the server asks of it over Redis, says each request as a line of JSON, and answers as the line that comes back says:
// "ok", or a SIP status such as "486 Busy Here".
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/rpc"
	"github.com/livekit/psrpc"
	"github.com/redis/go-redis/v9"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
)

type service struct {
	mu      sync.Mutex
	answers *bufio.Scanner
}

func (s *service) ask(message proto.Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Println(strings.ReplaceAll(protojson.Format(message), "\n", " "))
	if !s.answers.Scan() {
		return psrpc.NewErrorf(psrpc.Unavailable, "nobody answers")
	}
	code, words, _ := strings.Cut(s.answers.Text(), " ")
	if code == "ok" {
		return nil
	}
	number, _ := strconv.Atoi(code)
	status := &livekit.SIPStatus{Code: livekit.SIPStatusCode(number), Status: words}
	return psrpc.NewError(psrpc.Unavailable, status, status)
}

func (s *service) CreateSIPParticipant(
	_ context.Context, request *rpc.InternalCreateSIPParticipantRequest,
) (*rpc.InternalCreateSIPParticipantResponse, error) {
	if err := s.ask(request); err != nil {
		return nil, err
	}
	return &rpc.InternalCreateSIPParticipantResponse{
		ParticipantIdentity: request.ParticipantIdentity,
		SipCallId:           request.SipCallId,
	}, nil
}

func (s *service) TransferSIPParticipant(
	_ context.Context, request *rpc.InternalTransferSIPParticipantRequest,
) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, s.ask(request)
}

func main() {
	bus := psrpc.NewRedisMessageBus(redis.NewClient(&redis.Options{Addr: os.Args[1]}))
	server, err := rpc.NewSIPInternalServer(&service{answers: bufio.NewScanner(os.Stdin)}, bus)
	if err != nil {
		panic(err)
	}
	if err := server.RegisterCreateSIPParticipantTopic(""); err != nil {
		panic(err)
	}
	fmt.Println("ready")
	select {}
}
