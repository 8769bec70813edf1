// What replies say, in the languages there are. "{}" stands for what differs from one reply to the next.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include <boost/system/error_code.hpp>

#include "servers/ftp/config.hpp"

namespace labnet::ftp_server {

struct Text {
  std::string_view english, spanish;

  template <class... Values>
  std::string in(Language language, const Values&... values) const {
    return fmt::format(fmt::runtime(language == Language::spanish ? spanish : english), values...);
  }
};

/// What the system says of an error, in the language as far as it is a usual one.
std::string error_text(Language language, const boost::system::error_code& error);

namespace texts {

inline constexpr Text greeting{"labnet FTP server ready", "Servidor FTP labnet listo"};
inline constexpr Text not_understood{"{} not understood", "{} no comprendido"};
inline constexpr Text empty_line{"Expected a command", "Se esperaba una orden"};
inline constexpr Text line_too_long{"A command has at most {} bytes", "Una orden tiene como máximo {} bytes"};
inline constexpr Text control_character{"Control characters are not permitted in an argument",
                                        "No se permiten caracteres de control en un argumento"};
inline constexpr Text syntax{"Syntax: {}", "Sintaxis: {}"};
inline constexpr Text log_in_first{"Log in with USER and PASS", "Identifíquese con USER y PASS"};
inline constexpr Text password_wanted{"Password required for {}", "Contraseña necesaria para {}"};
inline constexpr Text anonymous_password_wanted{"Anonymous login: send your e-mail address as password",
                                                "Acceso anónimo: envíe su dirección de correo como contraseña"};
inline constexpr Text logged_in{"User {} logged in", "Usuario {} conectado"};
inline constexpr Text login_incorrect{"Login incorrect", "Usuario o contraseña incorrectos"};
inline constexpr Text too_many_tries{"Too many failed logins", "Demasiados intentos fallidos"};
inline constexpr Text user_first{"Send USER first", "Envíe USER primero"};
inline constexpr Text logged_in_already{"You are logged in already", "Ya está conectado"};
inline constexpr Text no_account_needed{"No account is needed", "No se necesita una cuenta"};
inline constexpr Text tls_needed{"This server asks for AUTH TLS first", "Este servidor exige AUTH TLS primero"};
inline constexpr Text goodbye{"Goodbye", "Hasta luego"};
inline constexpr Text ready_for_new_user{"Ready for a new user", "Listo para un nuevo usuario"};
inline constexpr Text permission_denied{"Permission denied", "Permiso denegado"};
inline constexpr Text is_current_folder{"{} is the current folder", "{} es la carpeta actual"};
inline constexpr Text done{"{} command successful", "Orden {} correcta"};
inline constexpr Text folder_created{"{} created", "{} creada"};
inline constexpr Text ready_for_rnto{"Ready for the new name (RNTO)", "Listo para el nuevo nombre (RNTO)"};
inline constexpr Text rnfr_first{"Send RNFR first", "Envíe RNFR primero"};
inline constexpr Text type_is{"Type set to {}", "Tipo establecido a {}"};
inline constexpr Text not_supported{"{} is not supported", "{} no está soportado"};
inline constexpr Text restart_at{"The next transfer begins at byte {}",
                                 "La próxima transferencia comienza en el byte {}"};
inline constexpr Text not_in_ascii{"{} is not known in ASCII mode; send TYPE I first",
                                   "{} no se conoce en modo ASCII; envíe TYPE I primero"};
inline constexpr Text entering_passive{"Entering Passive Mode ({})", "Entrando en modo pasivo ({})"};
inline constexpr Text entering_extended_passive{"Entering Extended Passive Mode {}",
                                                "Entrando en modo pasivo extendido {}"};
inline constexpr Text epsv_all_taken{"Only EPSV is accepted from now on", "Desde ahora sólo se acepta EPSV"};
inline constexpr Text epsv_all_was_sent{"Not after EPSV ALL", "No después de EPSV ALL"};
inline constexpr Text use_family{"Network protocol not supported, use {}", "Protocolo de red no soportado, use {}"};
inline constexpr Text pasv_is_ipv4{"PASV is for IPv4; use EPSV", "PASV es para IPv4; use EPSV"};
inline constexpr Text no_passive_port{"No port is free for a data connection",
                                      "No hay ningún puerto libre para la conexión de datos"};
inline constexpr Text port_refused{"Data connections are made to your own address and ports from 1024 on only",
                                   "Sólo se abren conexiones de datos a su propia dirección y a puertos desde 1024"};
inline constexpr Text no_active{"This server makes no data connections; use PASV or EPSV",
                                "Este servidor no abre conexiones de datos; use PASV o EPSV"};
inline constexpr Text use_pasv{"Use PASV or EPSV first", "Use PASV o EPSV primero"};
inline constexpr Text no_data_connection{"No data connection: {}", "Sin conexión de datos: {}"};
inline constexpr Text opening_for{"Opening {} mode data connection for {}",
                                  "Abriendo conexión de datos en modo {} para {}"};
inline constexpr Text opening_for_bytes{"Opening {} mode data connection for {} ({} bytes)",
                                        "Abriendo conexión de datos en modo {} para {} ({} bytes)"};
inline constexpr Text transfer_complete{"Transfer complete", "Transferencia completada"};
inline constexpr Text transfer_failed{"Transfer failed: {}", "Transferencia fallida: {}"};
inline constexpr Text local_error{"Local error in processing", "Error local de procesamiento"};
inline constexpr Text transfer_aborted{"Transfer aborted", "Transferencia cancelada"};
inline constexpr Text abort_done{"Abort successful", "Cancelación correcta"};
inline constexpr Text nothing_to_abort{"No transfer to abort", "No hay transferencia que cancelar"};
inline constexpr Text session_not_reused{"The data connection has to resume the TLS session of the control connection",
                                         "La conexión de datos debe reanudar la sesión TLS de la conexión de control"};
inline constexpr Text features{"Features:", "Características:"};
inline constexpr Text end{"End", "Fin"};
inline constexpr Text end_of_the_first{"End of the first {} entries; LIST tells all",
                                       "Fin de las primeras {} entradas; LIST las da todas"};
inline constexpr Text listing_of{"Listing {}", "Listado de {}"};
inline constexpr Text commands{"Commands (those with * are not there):", "Órdenes (las marcadas con * no existen):"};
inline constexpr Text site_commands{"SITE commands:", "Órdenes de SITE:"};
inline constexpr Text noop{"OK", "OK"};
inline constexpr Text no_allocation_needed{"No storage has to be allocated", "No hace falta reservar espacio"};
inline constexpr Text no_such_host{"There is one host here only", "Aquí hay un solo anfitrión"};
inline constexpr Text no_such_type{"Only TYPE A and TYPE I are supported", "Sólo se soportan TYPE A y TYPE I"};
inline constexpr Text tls_begins{"{} accepted; begin the handshake", "{} aceptado; comience la negociación"};
inline constexpr Text is_secure_already{"The connection is secure already", "La conexión ya es segura"};
inline constexpr Text tls_first{"Send AUTH TLS first", "Envíe AUTH TLS primero"};
inline constexpr Text pbsz_first{"Send PBSZ 0 first", "Envíe PBSZ 0 primero"};
inline constexpr Text protection_is{"Protection level set to {}", "Nivel de protección {}"};
inline constexpr Text data_must_be_secure{"Data connections must be secure; send PROT P",
                                          "Las conexiones de datos deben ser seguras; envíe PROT P"};
inline constexpr Text options_are{"{} options set", "Opciones de {} establecidas"};
inline constexpr Text time_out{"Nothing came for {} s; the session ends", "Nada llegó en {} s; la sesión termina"};
inline constexpr Text server_ends{"The server ends", "El servidor termina"};
inline constexpr Text too_many_waiting{"More than {} commands came during a transfer; the session ends",
                                       "Llegaron más de {} órdenes durante una transferencia; la sesión termina"};
inline constexpr Text too_many_sessions{"Too many sessions; try again later",
                                        "Demasiadas sesiones; inténtelo más tarde"};
inline constexpr Text too_many_from_you{"Too many sessions from your address",
                                        "Demasiadas sesiones desde su dirección"};
inline constexpr Text status_of{"Status of {}", "Estado de {}"};
inline constexpr Text other_upload{"Another upload of this file is under way",
                                   "Otra subida de este archivo está en curso"};
inline constexpr Text no_such_offset{"There are not as many bytes to go on from",
                                     "No hay tantos bytes desde los que continuar"};
inline constexpr Text not_a_folder{"{} is not a folder", "{} no es una carpeta"};
inline constexpr Text not_a_plain_file{"{} is not a plain file", "{} no es un archivo regular"};
inline constexpr Text disk_full{"No space left", "No queda espacio"};
inline constexpr Text quota_exceeded{"More than may be stored", "Más de lo que se puede almacenar"};
inline constexpr Text name_not_allowed{"Name not allowed", "Nombre no permitido"};
inline constexpr Text bad_time{"Expected a time as YYYYMMDDHHMMSS", "Se esperaba una hora como AAAAMMDDHHMMSS"};
inline constexpr Text bad_mode{"Expected a mode as 644 and a path", "Se esperaba un modo como 644 y una ruta"};
inline constexpr Text no_rest_in_ascii{"REST is for TYPE I", "REST es para TYPE I"};

}  // namespace texts

}  // namespace labnet::ftp_server
